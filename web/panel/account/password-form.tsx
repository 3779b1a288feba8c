import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useUser } from '../access/use-access';
import { answer, api } from '../api/client';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { Card } from '../ui/card';

/** The field a problem of this form is about, where it is about one. */
function fieldOf(error: unknown): string | null {
  return error instanceof ApiProblem ? (error.errors[0]?.field ?? null) : null;
}

/** Changes one's own password; every other sign-in of theirs ends. */
export function PasswordForm() {
  const { t } = useTranslation('account');
  const user = useUser();
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: async (form: HTMLFormElement) => {
      const data = new FormData(form);
      const field = (name: string): string => String(data.get(name) ?? '');
      const body = { current_password: field('current'), new_password: field('next') };
      await answer(api.POST('/api/auth/password', { body }));
      form.reset();
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: ['my-sign-ins'] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    change.mutate(event.currentTarget);
  };
  const field = fieldOf(change.error);
  return (
    <Card title={t('password')}>
      <form onSubmit={submit}>
        {/* For password keepers: whose password it is. */}
        <input type="text" name="username" autoComplete="username" defaultValue={user.email} hidden readOnly />
        <Stack gap="md">
          <PasswordInput
            name="current"
            label={t('current')}
            autoComplete="current-password"
            maxLength={1024}
            required
            withAsterisk={false}
            error={field === 'current_password' ? t('wrongPassword') : null}
          />
          <PasswordInput
            name="next"
            label={t('next')}
            description={t('nextHint')}
            autoComplete="new-password"
            maxLength={128}
            required
            withAsterisk={false}
            error={field === 'new_password' ? t('weakPassword') : null}
          />
          {change.isError && field === null && (
            <Alert color="red" role="alert">
              {inWords(change.error)}
            </Alert>
          )}
          {change.isSuccess && <Alert role="status">{t('changed')}</Alert>}
          <Group>
            <Button type="submit" loading={change.isPending}>
              {t('change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
