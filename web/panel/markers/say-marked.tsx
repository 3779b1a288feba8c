import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconPencil } from '@tabler/icons-react';
import i18next from 'i18next';
import { clock } from '../i18n/format';
import { KindSign } from './kinds';
import type { Marker } from './markers-data';
import { wordsOf } from './words';

/** Everything here can be done from the list, too, where there is time. */
const SHOWN_MS = 8_000;

/** Says that a moment is marked, with what one may want next. */
export function sayMarked(marker: Marker, next: { readonly onNote: () => void; readonly onUndo: () => void }): void {
  const { kind, at_seconds } = marker;
  const id = `marked-${marker.id}`;
  const doing = (what: () => void) => () => {
    notifications.hide(id);
    what();
  };
  notifications.show({
    id,
    autoClose: SHOWN_MS,
    color: 'court',
    closeButtonProps: { 'aria-label': i18next.t('close') },
    message: (
      <>
        <Group gap="xs" mb="xs" wrap="nowrap">
          <KindSign kind={kind} />
          <Text fw={600}>
            {i18next.t('markers:marked', { time: clock(at_seconds), kind: i18next.t(`markers:${kind}`) })}
          </Text>
        </Group>
        <Group gap="xs">
          <Button variant="light" leftSection={<IconPencil size={18} aria-hidden />} onClick={doing(next.onNote)}>
            {i18next.t('markers:addNote')}
          </Button>
          <Undo onClick={doing(next.onUndo)} />
        </Group>
      </>
    ),
  });
}

/** Says that a marker was deleted, and offers to bring it back. */
export function sayDeleted(marker: Marker, onUndo: () => void): void {
  const id = `deleted-${marker.id}`;
  notifications.show({
    id,
    autoClose: SHOWN_MS,
    color: 'gray',
    closeButtonProps: { 'aria-label': i18next.t('close') },
    message: (
      <Group gap="xs" justify="space-between">
        <Text>{i18next.t('markers:deleted', { what: wordsOf(marker) })}</Text>
        <Undo
          onClick={() => {
            notifications.hide(id);
            onUndo();
          }}
        />
      </Group>
    ),
  });
}

function Undo({ onClick }: { readonly onClick: () => void }) {
  return (
    <Button variant="default" leftSection={<IconArrowBackUp size={18} aria-hidden />} onClick={onClick}>
      {i18next.t('markers:undo')}
    </Button>
  );
}
