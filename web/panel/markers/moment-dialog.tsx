import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MarkerKind } from '../../live';
import { ApiProblem } from '../api/problem';
import { clock } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { KINDS, KindSign } from './kinds';
import type { Marker } from './markers-data';
import classes from './markers.module.css';
import type { Moments } from './use-moments';

const MOST_TEXT = 200;

/** What happened at a moment, and a line about it. */
export function MomentDialog(props: {
  readonly marker: Marker;
  readonly moments: Moments;
  readonly onClose: () => void;
}) {
  const { marker, moments, onClose } = props;
  const { t } = useTranslation('markers');
  const { t: app } = useTranslation();
  const [kind, setKind] = useState<MarkerKind>(marker.kind);
  const [text, setText] = useState(marker.text ?? '');
  const save = useMutation({
    mutationFn: () => moments.change(marker, { kind, text: text.trim() === '' ? null : text.trim() }),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const ofText = save.error instanceof ApiProblem && save.error.errors.some(({ field }) => field === 'text');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('dialog', { time: clock(marker.at_seconds) })}
      closeButtonProps={{ 'aria-label': app('close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('text')}
            description={t('textHint')}
            size="md"
            maxLength={MOST_TEXT}
            data-autofocus
            value={text}
            error={ofText ? inWords(save.error) : null}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Radio.Group label={t('kind')} value={kind} onChange={(value) => setKind(value as MarkerKind)}>
            <div className={classes.choice}>
              {KINDS.map((one) => (
                <Radio
                  key={one}
                  value={one}
                  label={
                    <Group gap={6} wrap="nowrap" component="span">
                      <KindSign kind={one} /> {t(one)}
                    </Group>
                  }
                />
              ))}
            </div>
          </Radio.Group>
          {save.isError && !ofText && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {inWords(save.error)}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {app('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {app('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
