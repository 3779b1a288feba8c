import { MultiSelect, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { useUser } from '../access/use-access';
import { inWords } from '../i18n/problems';
import { usePeopleNames } from '../videos/videos-data';
import type { Booking } from './bookings-data';

/** As many as a session has, besides its owner. */
const MOST_PLAYERS = 20;

/** Whose match it is, and who else plays: asked for only when an admin wants to choose. */
export function PeopleFields(props: {
  readonly club: Club;
  readonly booking: Booking | null;
  readonly ownerId: number;
  readonly playerIds: readonly number[];
  readonly onOwner: (id: number) => void;
  readonly onPlayers: (ids: readonly number[]) => void;
}) {
  const { club, booking, ownerId, playerIds, onOwner, onPlayers } = props;
  const { t } = useTranslation('bookings');
  const { t: app } = useTranslation();
  const user = useUser();
  const [wanted, setWanted] = useState(false);
  const people = usePeopleNames(club.id, wanted);
  const known = new Map<number, string>([[user.id, user.name]]);
  for (const person of [booking?.owner, ...(booking?.players ?? []), ...(people.data ?? [])]) {
    if (person) known.set(person.id, person.name);
  }
  const data = [...known].map(([id, name]) => ({ value: String(id), label: name }));
  const rest = {
    searchable: true,
    limit: 50,
    nothingFoundMessage: people.isFetching ? app('loading') : t('nobodyFound'),
    error: people.error && inWords(people.error),
    onDropdownOpen: () => setWanted(true),
    onFocus: () => setWanted(true),
  };
  return (
    <>
      <Select
        {...rest}
        label={t('owner')}
        description={t('ownerHint')}
        data={data}
        allowDeselect={false}
        disabled={booking !== null}
        value={String(ownerId)}
        onChange={(id) => id !== null && onOwner(Number(id))}
      />
      <MultiSelect
        {...rest}
        label={t('players')}
        description={t('playersHint')}
        data={data.filter(({ value }) => value !== String(ownerId))}
        maxValues={MOST_PLAYERS}
        value={playerIds.filter((id) => id !== ownerId).map(String)}
        onChange={(ids) => onPlayers(ids.map(Number))}
      />
    </>
  );
}
