import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { auth } from '../access/auth';
import { useUser } from '../access/use-access';
import { MenuLink } from '../ui/menu-link';
import { Appearance, LanguageSwitch } from '../ui/preferences';
import { sayFailed } from '../ui/say';
import { PersonButton } from './person-button';

/** What one may do about oneself: the account, the language, the looks, and going. Open: a press brought it. */
export function PersonMenu() {
  const { t } = useTranslation();
  const user = useUser();
  return (
    <Menu defaultOpened width={280} position="bottom-end" withinPortal>
      <Menu.Target>
        <PersonButton />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.name} · {user.email}
        </Menu.Label>
        <MenuLink to="/account">{t('account')}</MenuLink>
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        <LanguageSwitch mx="sm" mb="xs" />
        <Menu.Label>{t('appearance')}</Menu.Label>
        <Appearance mx="sm" mb="xs" />
        <Menu.Divider />
        <Menu.Item onClick={() => void auth.signOut().catch(sayFailed)}>{t('signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
