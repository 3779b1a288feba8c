import { Button, Modal } from '@mantine/core';
import { IconBuildingStadium, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Club, useClubId } from '../access/club';
import { useUser } from '../access/use-access';
import { answer, api } from '../api/client';
import { NotFound } from '../app/faults';
import { PageTitle } from '../ui/page-title';
import { Empty, Failed } from '../ui/states';
import classes from './admin.module.css';
import { ClubForm } from './club-form';
import { ClubRow } from './club-row';
import { More, useEndless } from './endless';
import { useOverview } from './overview';
import { Skeletons } from './rows';
import './bring-texts';

/** All clubs of the service, for whoever runs it. */
export function ClubsPage() {
  return useUser().role === 'SUPER_ADMIN' ? <Clubs /> : <NotFound />;
}

function Clubs() {
  const { t } = useTranslation('admin');
  const { t: app } = useTranslation();
  const { query, items } = useEndless({
    // Below the key of the switch in the header: what changes one changes both.
    key: ['clubs', 'pages'],
    ask: (page) => answer(api.GET('/api/clubs', { params: { query: { limit: 50, ...page } } })),
    itemsOf: ({ clubs }) => clubs,
  });
  const figures = useOverview(items?.length ?? 0);
  const present = useClubId();
  const [editing, setEditing] = useState<Club | null>(null);
  const [opened, setOpened] = useState(false);
  const edit = (club: Club | null): void => {
    setEditing(club);
    setOpened(true);
  };
  const close = (): void => setOpened(false);
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => edit(null)}>
      {t('addClub')}
    </Button>
  );
  return (
    <>
      <PageTitle text={t('clubs')}>{items !== undefined && items.length > 0 && add}</PageTitle>
      {query.isError && !items && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeletons />}
      {items?.length === 0 && (
        <Empty icon={<IconBuildingStadium size={32} />} title={t('noClubs')} text={t('noClubsHint')}>
          {add}
        </Empty>
      )}
      {items !== undefined && items.length > 0 && (
        <ul className={classes.list}>
          {items.map((club) => (
            <ClubRow
              key={club.id}
              club={club}
              figures={figures.get(club.id)}
              isPresent={club.id === present}
              onRename={() => edit(club)}
            />
          ))}
        </ul>
      )}
      <More query={query} />
      <Modal
        opened={opened}
        onClose={close}
        title={editing === null ? t('addClub') : t('renameOf', { name: editing.name })}
        closeButtonProps={{ 'aria-label': app('close') }}
      >
        <ClubForm club={editing} onDone={close} />
      </Modal>
    </>
  );
}
