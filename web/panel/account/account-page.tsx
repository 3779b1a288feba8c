import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useClubs } from '../access/club';
import { useUser } from '../access/use-access';
import { Card } from '../ui/card';
import { PageTitle } from '../ui/page-title';
import { Appearance, LanguageSwitch } from '../ui/preferences';
import { MyData } from './my-data';
import { MySignIns } from './my-sign-ins';
import { PasswordForm } from './password-form';
import './bring-texts';

/** Who one is here, where one is signed in, and what is kept of one. */
export function AccountPage() {
  const { t } = useTranslation('account');
  return (
    <>
      <PageTitle text={t('title')} />
      <Stack gap="md" maw={760}>
        <Me />
        <Card title={t('looks')}>
          <Stack gap="md" align="flex-start">
            <LanguageSwitch />
            <Appearance />
          </Stack>
        </Card>
        <PasswordForm />
        <MySignIns />
        <MyData />
      </Stack>
    </>
  );
}

function Me() {
  const { t } = useTranslation('account');
  const user = useUser();
  const clubs = useClubs().data;
  const isSuper = user.role === 'SUPER_ADMIN';
  return (
    <Card title={t('me')}>
      <Text fw={600}>{user.name}</Text>
      <Text>{user.email}</Text>
      {isSuper ? (
        <Text>{t('SUPER_ADMIN')}</Text>
      ) : (
        <Text size="sm" c="dimmed">
          {t('correct')}
        </Text>
      )}
      {!isSuper && (
        <>
          <Text fw={600} mt="sm">
            {t('clubs')}
          </Text>
          {user.memberships.length === 0 && <Text>{t('noClubs')}</Text>}
          {user.memberships.map(({ club_id, role }) => (
            <Text key={club_id}>
              {clubs?.find(({ id }) => id === club_id)?.name ?? club_id} · {t(role)}
            </Text>
          ))}
        </>
      )}
    </Card>
  );
}
