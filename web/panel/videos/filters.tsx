import { Button, NativeSelect, Select, TextInput } from '@mantine/core';
import { IconFilter, IconFilterOff } from '@tabler/icons-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { inWords } from '../i18n/problems';
import { isDay } from './club-days';
import { useCourtNames, usePeopleNames } from './videos-data';
import type { VideosSearch } from './videos-search';
import classes from './videos.module.css';

/** What the list is narrowed down to. On a phone it folds away. */
export function Filters(props: {
  readonly club: Club;
  readonly search: VideosSearch;
  /** Those of the videos that are listed: one that was deleted, or was imported with its videos, is in no other list. */
  readonly courtsListed: ReadonlyMap<number, string>;
  readonly onChange: (search: VideosSearch) => void;
}) {
  const { club, search, courtsListed, onChange } = props;
  const { t } = useTranslation('videos');
  const user = useUser();
  const id = useId();
  const [open, setOpen] = useState(false);
  const count = Object.keys(search).length;
  const set = (change: { readonly [Key in keyof VideosSearch]: VideosSearch[Key] | undefined }): void => {
    const entries = Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(entries));
  };
  const backwards = search.from !== undefined && search.to !== undefined && search.to < search.from;
  return (
    <>
      <Button
        hiddenFrom="sm"
        variant="default"
        fullWidth
        mb="sm"
        leftSection={<IconFilter size={18} aria-hidden />}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {count === 0 ? t('filters') : t('filtersOn', { count })}
      </Button>
      <div id={id} className={classes.filters} data-open={open || undefined} role="group" aria-label={t('filters')}>
        <CourtField clubId={club.id} listed={courtsListed} value={search.court} onChange={(court) => set({ court })} />
        {isAdmin(user) && <PlayerField clubId={club.id} value={search.player} onChange={(player) => set({ player })} />}
        <DayField label={t('from')} value={search.from} max={search.to} onChange={(from) => set({ from })} />
        <DayField
          label={t('to')}
          value={search.to}
          min={search.from}
          error={backwards ? t('backwards') : null}
          onChange={(to) => set({ to })}
        />
        {count > 0 && (
          <Button
            className={classes.clear}
            variant="subtle"
            leftSection={<IconFilterOff size={18} aria-hidden />}
            onClick={() => onChange({})}
          >
            {t('clear')}
          </Button>
        )}
      </div>
    </>
  );
}

interface ChoiceProps {
  readonly clubId: number;
  readonly value: number | undefined;
  readonly onChange: (id: number | undefined) => void;
}

function CourtField(props: ChoiceProps & { readonly listed: ReadonlyMap<number, string> }) {
  const { clubId, listed, value, onChange } = props;
  const { t } = useTranslation('videos');
  const { data: courts = [], error } = useCourtNames(clubId);
  const names = new Map(courts.map(({ id, name }) => [id, name]));
  const known = [...names, ...[...listed].filter(([id]) => !names.has(id))].map(([id, label]) => ({
    value: String(id),
    label,
  }));
  return (
    <NativeSelect
      className={classes.wide}
      label={t('court')}
      data={[{ value: '', label: t('allCourts') }, ...known]}
      value={value === undefined ? '' : String(value)}
      error={error && inWords(error)}
      onChange={(event) => onChange(Number(event.currentTarget.value) || undefined)}
    />
  );
}

/** A club may have thousands of people: they are asked for when one looks for somebody. */
function PlayerField({ clubId, value, onChange }: ChoiceProps) {
  const { t } = useTranslation('videos');
  const { t: app } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const people = usePeopleNames(clubId, wanted || value !== undefined);
  return (
    <Select
      className={classes.wide}
      label={t('player')}
      placeholder={t('allPlayers')}
      data={people.data?.map(({ id, name }) => ({ value: String(id), label: name })) ?? []}
      value={value === undefined ? null : String(value)}
      error={people.error && inWords(people.error)}
      nothingFoundMessage={people.isFetching ? app('loading') : t('playerMissing')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('allPlayers') }}
      limit={50}
      onDropdownOpen={() => setWanted(true)}
      onChange={(id) => onChange(id === null ? undefined : Number(id))}
    />
  );
}

/** The browser's own field for a day. What is not a day yet, while one types, is nobody's business. */
function DayField(props: {
  readonly label: string;
  readonly value: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly error?: string | null;
  readonly onChange: (day: string | undefined) => void;
}) {
  const { label, value = '', min, max, error, onChange } = props;
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      type="date"
      label={label}
      value={typed}
      min={min}
      max={max}
      error={error}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        if (currentTarget.value === '') onChange(undefined);
        else if (isDay(currentTarget.value)) onChange(currentTarget.value);
      }}
    />
  );
}
