import { Badge, Button, Group } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { chosenClub, type Club } from '../access/club';
import { answer, api } from '../api/client';
import { bytes } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import classes from './admin.module.css';
import type { ClubFigures } from './overview';
import { RowFailed, RowTools } from './rows';

/** A club, its figures, and what whoever runs the service may do about it. */
export function ClubRow(props: {
  readonly club: Club;
  readonly figures: ClubFigures | undefined;
  readonly isPresent: boolean;
  readonly onRename: () => void;
}) {
  const { club, figures, isPresent, onRename } = props;
  const { id, name } = club;
  const { t } = useTranslation('admin');
  const { t: app } = useTranslation();
  const confirm = useConfirm();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/clubs/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      sayDone(t('clubDeleted', { name }));
      return cache.invalidateQueries({ queryKey: ['clubs'] });
    },
  });
  const choose = (): void => {
    chosenClub.set(id);
    sayDone(t('clubChosen', { name }));
  };
  const ask = (): void =>
    confirm({
      title: t('deleteClub', { name }),
      text: t('deleteClubText'),
      button: app('delete'),
      onConfirm: () => remove.mutate(),
    });
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <h2>{name}</h2>
        <p>{figures === undefined ? club.time_zone : <Figures figures={figures} />}</p>
      </div>
      <Group gap="xs" wrap="nowrap">
        {isPresent ? (
          <Badge variant="light" size="lg" tt="none" leftSection={<IconCheck size={14} aria-hidden />}>
            {t('chosen')}
          </Badge>
        ) : (
          <Button variant="light" aria-label={`${t('choose')}: ${name}`} onClick={choose}>
            {t('choose')}
          </Button>
        )}
        <RowTools
          editTitle={t('renameOf', { name })}
          deleteTitle={t('deleteOf', { name })}
          deleting={remove.isPending}
          onEdit={onRename}
          onDelete={ask}
        />
      </Group>
      {remove.isError && <RowFailed text={inWords(remove.error, { in_use: t('clubInUse') })} />}
    </li>
  );
}

function Figures({ figures }: { readonly figures: ClubFigures }) {
  const { t } = useTranslation('admin');
  const parts = [
    t('nCourts', { count: figures.courts }),
    figures.cameras_offline > 0 && t('nOffline', { count: figures.cameras_offline }),
    figures.open_sessions > 0 && t('nSessions', { count: figures.open_sessions }),
    figures.recordings > 0 && t('nRecordings', { count: figures.recordings }),
    t('nVideos', { count: figures.videos, size: bytes(figures.bytes) }),
  ];
  return <>{parts.filter((part) => part !== false).join(' · ')}</>;
}
