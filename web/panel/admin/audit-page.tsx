import { Button, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconHistory } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { PageTitle } from '../ui/page-title';
import { sayDone } from '../ui/say';
import { Empty, Failed } from '../ui/states';
import classes from './admin.module.css';
import { ANYTHING, exportAudit, queryOf, useAudit } from './audit-data';
import { AuditFilters } from './audit-filters';
import { AuditLine } from './audit-line';
import { useCourts } from './court-data';
import { More } from './endless';
import { usePeople } from './people-data';
import { RowFailed, Skeletons } from './rows';
import { WithClub } from './with-club';
import './bring-texts';

/** The audit trail as a desk reads it. */
export function AuditPage() {
  return <WithClub>{(club) => <Audit key={club.id} club={club} />}</WithClub>;
}

function Audit({ club }: { readonly club: Club }) {
  const { t } = useTranslation('audit');
  const [search, setSearch] = useState(ANYTHING);
  // Typing is not asked for letter by letter.
  const [asked] = useDebouncedValue(search, 300);
  const question = queryOf(asked, club.id, club.time_zone);
  const { query, items } = useAudit(question);
  const courts = useCourts(club.id).items ?? [];
  const people = usePeople(club.id).items ?? [];
  const names = new Map([
    ...courts.map(({ id, name }) => [`court:${id}`, name] as const),
    ...people.map(({ id, name }) => [`user:${id}`, name] as const),
    [`club:${club.id}`, club.name] as const,
  ]);
  const save = useMutation({
    mutationFn: () => exportAudit(question),
    onSuccess: () => sayDone(t('exported')),
  });
  return (
    <>
      <PageTitle text={t('title')}>
        <Button
          variant="light"
          leftSection={<IconDownload size={18} aria-hidden />}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t('export')}
        </Button>
      </PageTitle>
      <Stack gap="md">
        <Text c="dimmed">{t('hint')}</Text>
        {save.isError && <RowFailed text={save.error instanceof ApiProblem ? inWords(save.error) : t('exportCut')} />}
        <AuditFilters club={club} search={search} onChange={setSearch} />
        {query.isError && !items && <Failed error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeletons count={8} />}
        {items?.length === 0 && <Empty icon={<IconHistory size={32} />} title={t('none')} text={t('noneHint')} />}
        {items !== undefined && items.length > 0 && (
          <ul className={classes.list}>
            {items.map((entry) => (
              <AuditLine
                key={entry.id}
                entry={entry}
                club={club}
                names={names}
                onOnly={(part) => setSearch({ ...search, ...part })}
              />
            ))}
          </ul>
        )}
        <More query={query} />
      </Stack>
    </>
  );
}
