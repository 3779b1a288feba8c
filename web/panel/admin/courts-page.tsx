import { Button, Drawer, Group, Modal } from '@mantine/core';
import { IconBallTennis, IconDeviceCctv, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { inWords } from '../i18n/problems';
import { type CourtState, isFree, isRunning, useCourtStates } from '../courts/court-states';
import { useConfirm } from '../ui/confirm';
import { PageTitle } from '../ui/page-title';
import { sayDone } from '../ui/say';
import { StateBadge } from '../ui/state-badge';
import { Empty, Failed } from '../ui/states';
import classes from './admin.module.css';
import { CameraTest } from './camera-test';
import { CameraWords } from './camera-words';
import { type Court, courtsAreOthers, useCourts } from './court-data';
import { CourtForm } from './court-form';
import { More } from './endless';
import { RowFailed, RowTools, Skeletons } from './rows';
import { WithClub } from './with-club';
import './bring-texts';

/** The club's courts and their cameras. */
export function AdminCourtsPage() {
  return <WithClub>{(club) => <Courts key={club.id} clubId={club.id} />}</WithClub>;
}

type Doing = { readonly what: 'form' | 'test'; readonly court: Court | null };

function Courts({ clubId }: { readonly clubId: number }) {
  const { t } = useTranslation('admin');
  const { t: app } = useTranslation();
  const { query, items } = useCourts(clubId);
  const states = useCourtStates(clubId).data;
  const [doing, setDoing] = useState<Doing | null>(null);
  const [opened, setOpened] = useState<Doing['what'] | null>(null);
  const start = (next: Doing): void => {
    setDoing(next);
    setOpened(next.what);
  };
  const close = (): void => setOpened(null);
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => start({ what: 'form', court: null })}>
      {t('addCourt')}
    </Button>
  );
  const court = doing?.court ?? null;
  const closeButtonProps = { 'aria-label': app('close') };
  return (
    <>
      <PageTitle text={t('courts')}>{items !== undefined && items.length > 0 && add}</PageTitle>
      {query.isError && !items && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeletons />}
      {items?.length === 0 && (
        <Empty icon={<IconBallTennis size={32} />} title={t('noCourts')} text={t('noCourtsHint')}>
          {add}
        </Empty>
      )}
      {items !== undefined && items.length > 0 && (
        <ul className={classes.list}>
          {items.map((one) => (
            <CourtRow
              key={one.id}
              court={one}
              state={states?.find(({ terrain_id }: CourtState) => terrain_id === one.id)}
              onDo={(what) => start({ what, court: one })}
            />
          ))}
        </ul>
      )}
      <More query={query} />
      <Drawer
        opened={opened === 'form'}
        onClose={close}
        position="right"
        size="lg"
        title={court === null ? t('addCourt') : t('editCourt', { name: court.name })}
        closeButtonProps={closeButtonProps}
      >
        <CourtForm clubId={clubId} court={court} onDone={close} />
      </Drawer>
      <Modal
        opened={opened === 'test'}
        onClose={close}
        size="lg"
        title={t('testOf', { name: court?.name ?? '' })}
        closeButtonProps={closeButtonProps}
      >
        {court !== null && <CameraTest courtId={court.id} name={court.name} />}
      </Modal>
    </>
  );
}

function CourtRow(props: {
  readonly court: Court;
  readonly state: CourtState | undefined;
  readonly onDo: (what: Doing['what']) => void;
}) {
  const { court, state, onDo } = props;
  const { name } = court;
  const { t } = useTranslation('admin');
  const { t: app } = useTranslation();
  const confirm = useConfirm();
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/terrains/{id}', { params: { path: { id: court.id } } })),
    onSuccess: () => {
      sayDone(t('courtDeleted', { name }));
      return courtsAreOthers();
    },
  });
  const ask = (): void =>
    confirm({
      title: t('deleteCourt', { name }),
      text: t('deleteCourtText'),
      button: app('delete'),
      onConfirm: () => remove.mutate(),
    });
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <h2>{name}</h2>
        <p>
          <CameraWords camera={court.camera} />
        </p>
      </div>
      {state && <NowBadge state={state} />}
      <Group gap="xs" wrap="nowrap">
        <Button
          variant="light"
          leftSection={<IconDeviceCctv size={18} aria-hidden />}
          aria-label={`${t('test')}: ${name}`}
          onClick={() => onDo('test')}
        >
          {t('test')}
        </Button>
        <RowTools
          editTitle={t('editOf', { name })}
          deleteTitle={t('deleteOf', { name })}
          deleting={remove.isPending}
          onEdit={() => onDo('form')}
          onDelete={ask}
        />
      </Group>
      {remove.isError && <RowFailed text={inWords(remove.error, { in_use: t('courtInUse') })} />}
    </li>
  );
}

/** The court as the wall shows it. */
function NowBadge({ state: { state, recording, camera, session_id } }: { readonly state: CourtState }) {
  const { t } = useTranslation('admin');
  if (isRunning(recording)) return <StateBadge state="recording">{t('recording')}</StateBadge>;
  if (isFree({ state })) {
    return camera.online === false ? (
      <StateBadge state="offline">{t('offline')}</StateBadge>
    ) : (
      <StateBadge state="free">{t('free')}</StateBadge>
    );
  }
  if (session_id === null) return <StateBadge state="inUse">{t('inUse')}</StateBadge>;
  const shown = state as 'connecting' | 'live' | 'reconnecting';
  return <StateBadge state={shown}>{t(shown)}</StateBadge>;
}
