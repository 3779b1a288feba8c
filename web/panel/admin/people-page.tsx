import { Button, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { PageTitle } from '../ui/page-title';
import { Empty, Failed } from '../ui/states';
import { AddPerson } from './add-person';
import classes from './admin.module.css';
import { More } from './endless';
import { Invitations } from './invitations';
import { usePeople } from './people-data';
import { PersonRow } from './person-row';
import { Skeletons } from './rows';
import { WithClub } from './with-club';
import './bring-texts';

/** The club's people: who they are, what they may, and how others come in. */
export function PeoplePage() {
  return <WithClub>{(club) => <People key={club.id} club={club} />}</WithClub>;
}

function People({ club }: { readonly club: Club }) {
  const { t } = useTranslation('people');
  const { query, items } = usePeople(club.id);
  const [sought, setSought] = useState('');
  const [adding, setAdding] = useState(false);
  const words = sought.trim().toLowerCase();
  const found = items?.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(words));
  const add = (
    <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  );
  return (
    <>
      <PageTitle text={t('title')}>{add}</PageTitle>
      <Stack gap="md">
        <Invitations club={club} />
        {query.isError && !items && <Failed error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeletons count={6} />}
        {items?.length === 0 && (
          <Empty icon={<IconUsers size={32} />} title={t('nobody')} text={t('nobodyHint')}>
            {add}
          </Empty>
        )}
        {items !== undefined && found !== undefined && items.length > 0 && (
          <>
            <TextInput
              type="search"
              aria-label={t('search')}
              placeholder={t('search')}
              leftSection={<IconSearch size={18} aria-hidden />}
              value={sought}
              onChange={(event) => setSought(event.currentTarget.value)}
            />
            {words !== '' && query.hasNextPage && (
              <Text size="sm" c="dimmed" role="status">
                {t('searchPart')}
              </Text>
            )}
            {found.length === 0 && <Text role="status">{t('nobodyFound')}</Text>}
            {found.length > 0 && (
              <ul className={classes.list}>
                {found.map((person) => (
                  <PersonRow key={person.id} person={person} club={club} />
                ))}
              </ul>
            )}
          </>
        )}
        <More query={query} />
      </Stack>
      <AddPerson club={club} opened={adding} onClose={() => setAdding(false)} />
    </>
  );
}
