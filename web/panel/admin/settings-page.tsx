import { Stack } from '@mantine/core';
import { PageTitle } from '../ui/page-title';
import { useTranslation } from 'react-i18next';
import { LogoCard } from './logo-card';
import { SettingsForm } from './settings-form';
import { StorageCard } from './storage-card';
import { WithClub } from './with-club';
import './bring-texts';

/** The club's own rules, and what it is allowed. */
export function SettingsPage() {
  const { t } = useTranslation('admin');
  return (
    <>
      <PageTitle text={t('settings')} />
      <WithClub>
        {(club) => (
          <Stack gap="md" maw={760}>
            <LogoCard key={`logo ${club.id}`} club={club} />
            <SettingsForm key={club.id} club={club} />
            <StorageCard key={`storage ${club.id}`} club={club} />
          </Stack>
        )}
      </WithClub>
    </>
  );
}
