import { IconBallTennis, IconHistory, IconQrcode, IconSettings, IconUsers, IconWebhook } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { isAdmin, useUser } from '../access/use-access';
import { NotFound } from '../app/faults';
import classes from './admin.module.css';
import './bring-texts';

/** What a club's admins look after, page by page. For others there is nothing here. */
export function AdminFrame() {
  const { t } = useTranslation('admin');
  const user = useUser();
  const { pathname } = useLocation();
  const tabs = useRef<HTMLElement>(null);
  // On a phone not all fit: the one that is open is not left beyond the edge.
  useEffect(() => {
    tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [pathname]);
  if (!isAdmin(user)) return <NotFound />;
  const pages = [
    { to: '/admin/courts', text: t('courts'), icon: IconBallTennis },
    { to: '/admin/codes', text: t('codes'), icon: IconQrcode },
    { to: '/admin/people', text: t('people'), icon: IconUsers },
    { to: '/admin/settings', text: t('settings'), icon: IconSettings },
    { to: '/admin/webhooks', text: t('webhooks'), icon: IconWebhook },
    { to: '/admin/audit', text: t('audit'), icon: IconHistory },
  ] as const;
  return (
    <>
      <nav ref={tabs} className={`${classes.tabs} no-print`} aria-label={t('sections')}>
        {pages.map(({ to, text, icon: Icon }) => (
          <Link key={to} to={to} className={classes.tab} activeProps={{ 'aria-current': 'page' }}>
            <Icon aria-hidden size={18} stroke={1.8} />
            {text}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
