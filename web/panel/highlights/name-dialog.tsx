import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inWords } from '../i18n/problems';
import { type Highlight, renameHighlight } from './highlights-data';

const MOST_TEXT = 200;

/** What a highlight is called. */
export function NameDialog({ highlight, onClose }: { readonly highlight: Highlight; readonly onClose: () => void }) {
  const { t } = useTranslation('highlights');
  const { t: app } = useTranslation();
  const [text, setText] = useState(highlight.text ?? '');
  const save = useMutation({
    mutationFn: () => renameHighlight(highlight, text.trim() === '' ? null : text.trim()),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t('nameTitle')} closeButtonProps={{ 'aria-label': app('close') }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('name')}
            description={t('nameHint')}
            size="md"
            maxLength={MOST_TEXT}
            data-autofocus
            value={text}
            error={save.isError ? inWords(save.error) : null}
            onChange={(event) => setText(event.currentTarget.value)}
          />
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
