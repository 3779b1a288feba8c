import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client';
import { inWords } from '../i18n/problems';
import { sessionIs } from './session-data';

/** Becomes a player of an open match by its code. @throws ApiProblem */
export async function joinMatch(code: string): Promise<void> {
  const { session } = await answer(api.POST('/api/video/session/join', { body: { code } }));
  sessionIs(session);
}

/** For who stands at a court that somebody else opened. */
export function JoinForm() {
  const { t } = useTranslation('court');
  const [code, setCode] = useState('');
  const join = useMutation({ mutationFn: () => joinMatch(code.trim().toUpperCase()) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (code.trim() !== '') join.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          label={t('joinLabel')}
          size="md"
          maxLength={12}
          autoComplete="off"
          autoCapitalize="characters"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={join.isError ? inWords(join.error, { not_found: t('joinMissing') }) : null}
        />
        <Button type="submit" size="md" loading={join.isPending}>
          {t('joinButton')}
        </Button>
      </Group>
    </form>
  );
}
