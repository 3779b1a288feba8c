import { Button, Group, Skeleton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { More, useEndless } from '../admin/endless';
import { answer, api } from '../api/client';
import { Card } from '../ui/card';
import { useConfirm } from '../ui/confirm';
import { sayDone, sayFailed } from '../ui/say';
import { Failed } from '../ui/states';
import { SignIns } from './sign-ins';

const KEY = ['my-sign-ins'];

/** Where one is signed in oneself. */
export function MySignIns() {
  const { t } = useTranslation('account');
  const cache = useQueryClient();
  const confirm = useConfirm();
  const again = (): Promise<void> => cache.invalidateQueries({ queryKey: KEY });
  const { query, items } = useEndless({
    key: KEY,
    ask: (page) => answer(api.GET('/api/auth/sessions', { params: { query: page } })),
    itemsOf: ({ sessions }) => sessions,
  });
  const endOne = async (id: string): Promise<void> => {
    await answer(api.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } }));
    await again();
  };
  const endOthers = useMutation({
    mutationFn: () => answer(api.DELETE('/api/auth/sessions')),
    onSuccess: () => {
      sayDone(t('ended'));
      return again();
    },
    onError: sayFailed,
  });
  const ask = (): void =>
    confirm({
      title: t('endOthersAsk'),
      text: t('endOthersText'),
      button: t('endOthers'),
      onConfirm: () => endOthers.mutate(),
    });
  return (
    <Card title={t('signIns')}>
      {query.isPending && <Skeleton h={96} />}
      {query.isError && !items && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {items && <SignIns list={items} onEnd={endOne} />}
      <More query={query} />
      {items && items.length > 1 && (
        <Group mt="sm">
          <Button variant="light" loading={endOthers.isPending} onClick={ask}>
            {t('endOthers')}
          </Button>
        </Group>
      )}
    </Card>
  );
}
