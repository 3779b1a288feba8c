import { PageTitle } from '../ui/page-title';
import { useTranslation } from 'react-i18next';
import { SettingsForm } from './settings-form';
import { WithClub } from './with-club';
import './bring-texts';

/** The club's own rules, and what it is allowed. */
export function SettingsPage() {
  const { t } = useTranslation('admin');
  return (
    <>
      <PageTitle text={t('settings')} />
      <WithClub>{(club) => <SettingsForm key={club.id} club={club} />}</WithClub>
    </>
  );
}
