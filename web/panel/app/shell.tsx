import { Alert, Container, Group } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import {
  IconBuildingStadium,
  IconCalendarTime,
  IconHeartRateMonitor,
  IconLayoutGrid,
  IconMovie,
  IconSettings,
  IconWifiOff,
} from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClub } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { Brand } from '../ui/brand';
import { ClubLogo } from '../ui/club-logo';
import { ClubSwitch } from './club-switch';
import { PersonButton } from './person-button';
import classes from './shell.module.css';

/** Comes when somebody is about to press its button: few do, and nobody before they see something. */
const personMenu = () => import('./person-menu');
const PersonMenu = lazy(async () => ({ default: (await personMenu()).PersonMenu }));

/** What is around every page behind the sign-in: where one is, which club it is, who one is. */
export function Shell() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  const club = useClub();
  const content = useFocusOnNewPage();
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t('skip')}
      </a>
      <header className={`${classes.header} no-print`}>
        <Link to="/courts" className={classes.brand} aria-label="PadelVar">
          <Brand compact />
        </Link>
        {club && <ClubLogo club={club} height={32} />}
        <Pages />
        <Group gap="xs" wrap="nowrap" ml="auto">
          <ClubSwitch />
          <Person />
        </Group>
      </header>
      {!online && (
        <Alert className="no-print" color="yellow" radius={0} icon={<IconWifiOff />} role="status">
          {t('offline')}
        </Alert>
      )}
      <Container ref={content} id="content" component="main" className={classes.main} size="xl" tabIndex={-1}>
        <Outlet />
      </Container>
    </div>
  );
}

/** Another page begins where its content does: for who hears it, and whose link of before is gone. */
function useFocusOnNewPage(): RefObject<HTMLDivElement | null> {
  const content = useRef<HTMLDivElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    content.current?.focus({ preventScroll: true });
  }, [pathname]);
  return content;
}

/** A bar at the top of large screens, within a thumb's reach on small ones. */
function Pages() {
  const { t } = useTranslation();
  const user = useUser();
  const pages = [
    { to: '/courts', text: t('courts'), icon: IconLayoutGrid, seen: true },
    { to: '/videos', text: t('videos'), icon: IconMovie, seen: true },
    { to: '/bookings', text: t('bookings'), icon: IconCalendarTime, seen: true },
    { to: '/health', text: t('health'), icon: IconHeartRateMonitor, seen: isAdmin(user) },
    { to: '/admin', text: t('admin'), icon: IconSettings, seen: isAdmin(user) },
    { to: '/clubs', text: t('clubs'), icon: IconBuildingStadium, seen: user.role === 'SUPER_ADMIN' },
  ] as const;
  return (
    <nav className={classes.pages} aria-label={t('navigation')}>
      {pages
        .filter(({ seen }) => seen)
        .map(({ to, text, icon: Icon }) => (
          <Link key={to} to={to} className={classes.page} activeProps={{ 'aria-current': 'page' }}>
            <Icon aria-hidden size={22} stroke={1.7} />
            <span>{text}</span>
          </Link>
        ))}
    </nav>
  );
}

function Person() {
  const [wanted, setWanted] = useState(false);
  const fetchAhead = (): void => void personMenu().catch(() => undefined);
  const button = <PersonButton onPointerEnter={fetchAhead} onFocus={fetchAhead} onClick={() => setWanted(true)} />;
  return wanted ? (
    <Suspense fallback={button}>
      <PersonMenu />
    </Suspense>
  ) : (
    button
  );
}
