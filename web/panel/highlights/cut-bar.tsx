import { Button, Group, Paper, Text, TextInput } from '@mantine/core';
import { IconArrowBarToLeft, IconArrowBarToRight, IconRepeat, IconScissors } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clock, duration } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { sayDone } from '../ui/say';
import { useKeep } from './highlights-data';
import type { ChosenStretch } from './use-stretch';
import './bring-texts';

const MOST_TEXT = 200;

/** Cuts a stretch out of a video: start and end at the playhead, a look at it, and it is kept. */
export function CutBar(props: {
  readonly sessionId: string;
  readonly stretch: ChosenStretch;
  readonly disabled: boolean;
}) {
  const { sessionId, stretch, disabled } = props;
  const { t } = useTranslation('highlights');
  const [text, setText] = useState('');
  const keep = useKeep(sessionId, ({ start_seconds, end_seconds }) => {
    sayDone(t('kept', { start: clock(start_seconds), end: clock(end_seconds) }));
    setText('');
    stretch.clear();
  });
  const { opened, start, end, whole, looping } = stretch;
  if (!opened) {
    return (
      <Group>
        <Button
          variant="default"
          disabled={disabled}
          leftSection={<IconScissors size={20} aria-hidden />}
          aria-expanded={false}
          onClick={() => stretch.open(true)}
        >
          {t('cut')}
        </Button>
      </Group>
    );
  }
  const at = (seconds: number | null): string => (seconds === null ? t('notSet') : clock(seconds));
  const save = (): void => {
    if (!whole) return;
    const [from, to] = [whole.start, whole.end].map((seconds) => Math.round(seconds * 1000) / 1000) as [number, number];
    const words = text.trim();
    keep.mutate({ start_seconds: from, end_seconds: to, ...(words !== '' && { text: words }) });
  };
  return (
    <Paper component="section" withBorder p="sm" radius="lg" bg="var(--card)" aria-label={t('cut')}>
      <Group justify="space-between" mb="xs" wrap="nowrap" align="flex-start">
        <Text size="sm" c="dimmed">
          {t('cutHint')}
        </Text>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => stretch.open(false)}>
          {t('putAway')}
        </Button>
      </Group>
      <Group gap="xs" align="flex-end">
        <Button
          variant="default"
          disabled={disabled}
          leftSection={<IconArrowBarToLeft size={18} aria-hidden />}
          aria-keyshortcuts="i"
          onClick={stretch.setStart}
        >
          {t('setStart')}
        </Button>
        <Button
          variant="default"
          disabled={disabled}
          leftSection={<IconArrowBarToRight size={18} aria-hidden />}
          aria-keyshortcuts="o"
          onClick={stretch.setEnd}
        >
          {t('setEnd')}
        </Button>
        <Text component="div" role="status" style={{ fontVariantNumeric: 'tabular-nums' }}>
          {t('startAt', { time: at(start) })} · {t('endAt', { time: at(end) })}
        </Text>
        <Button
          variant={looping ? 'filled' : 'default'}
          disabled={disabled || whole === null}
          aria-pressed={looping}
          leftSection={<IconRepeat size={18} aria-hidden />}
          onClick={stretch.toggleLoop}
        >
          {looping ? t('stopPreview') : t('preview')}
        </Button>
      </Group>
      <Group gap="xs" mt="xs" align="flex-end">
        <TextInput
          label={t('optionalName')}
          maxLength={MOST_TEXT}
          flex="1 1 12rem"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button disabled={whole === null} loading={keep.isPending} onClick={save}>
          {t('keep', { length: whole ? duration(whole.end - whole.start) : '' }).trim()}
        </Button>
      </Group>
      {whole === null && start !== null && end !== null && (
        <Text size="sm" c="var(--mantine-color-error)" role="status" mt="xs">
          {t('bounds')}
        </Text>
      )}
      {keep.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt="xs">
          {inWords(keep.error)}
        </Text>
      )}
    </Paper>
  );
}
