import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type SearchSchemaInput,
} from '@tanstack/react-router';
import { auth } from '../access/auth';
import { SignInPage } from '../access/sign-in-page';
import { isDay } from '../videos/club-days';
import { type VideosSearch, videosSearch } from '../videos/videos-search';
import { Crashed, NotFound } from './faults';
import { Root } from './root';

/** Where somebody wanted to go before they had to sign in; only a path of the panel's own. */
interface SignInSearch {
  readonly to?: string;
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: Crashed });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ to }: SearchSchemaInput & SignInSearch): SignInSearch =>
    typeof to === 'string' && /^\/(?!\/)/.test(to) ? { to } : {},
  component: SignInPage,
});
const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot',
  component: lazyRouteComponent(() => import('../access/forgot-page'), 'ForgotPage'),
});
const link = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => import('../access/link-page'), 'LinkPage'),
});
const register = createRoute({
  getParentRoute: () => root,
  path: '/register/$clubId',
  component: lazyRouteComponent(() => import('../access/register-page'), 'RegisterPage'),
});
const scanned = createRoute({
  getParentRoute: () => root,
  path: '/c/$clubId/$courtId',
  component: lazyRouteComponent(() => import('../court/scanned-page'), 'ScannedPage'),
});

/** Everything behind the sign-in: whoever is not signed in is led to the form, and back from there. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: ({ location: { href, pathname } }) => {
    if (auth.get().phase !== 'out') return;
    const home = pathname === '/' || pathname === '/courts';
    throw redirect({ to: '/sign-in', search: home ? {} : { to: href }, replace: true });
  },
  component: lazyRouteComponent(() => import('./shell'), 'Shell'),
});
const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/courts', replace: true });
  },
});
const courts = createRoute({
  getParentRoute: () => inside,
  path: '/courts',
  component: lazyRouteComponent(() => import('../courts/courts-page'), 'CourtsPage'),
});
const court = createRoute({
  getParentRoute: () => inside,
  path: '/courts/$courtId',
  component: lazyRouteComponent(() => import('../court/court-page'), 'CourtPage'),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/account-page'), 'AccountPage'),
});
const videos = createRoute({
  getParentRoute: () => inside,
  path: '/videos',
  validateSearch: (search: SearchSchemaInput & VideosSearch): VideosSearch => videosSearch(search),
  component: lazyRouteComponent(() => import('../videos/videos-page'), 'VideosPage'),
});
const video = createRoute({
  getParentRoute: () => inside,
  path: '/videos/$videoId',
  component: lazyRouteComponent(() => import('../videos/video-page'), 'VideoPage'),
});
/** A day of the club's calendar; today where there is none. */
interface BookingsSearch {
  readonly day?: string;
}

const bookings = createRoute({
  getParentRoute: () => inside,
  path: '/bookings',
  validateSearch: ({ day }: SearchSchemaInput & BookingsSearch): BookingsSearch => (isDay(day) ? { day } : {}),
  component: lazyRouteComponent(() => import('../bookings/bookings-page'), 'BookingsPage'),
});
const health = createRoute({
  getParentRoute: () => inside,
  path: '/health',
  component: lazyRouteComponent(() => import('../health/health-page'), 'HealthPage'),
});
const clubs = createRoute({
  getParentRoute: () => inside,
  path: '/clubs',
  component: lazyRouteComponent(() => import('../admin/clubs-page'), 'ClubsPage'),
});
const admin = createRoute({
  getParentRoute: () => inside,
  path: '/admin',
  component: lazyRouteComponent(() => import('../admin/admin-frame'), 'AdminFrame'),
});
const adminHome = createRoute({
  getParentRoute: () => admin,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/admin/courts', replace: true });
  },
});
const adminCourts = createRoute({
  getParentRoute: () => admin,
  path: '/courts',
  component: lazyRouteComponent(() => import('../admin/courts-page'), 'AdminCourtsPage'),
});
const adminCodes = createRoute({
  getParentRoute: () => admin,
  path: '/codes',
  component: lazyRouteComponent(() => import('../admin/codes-page'), 'CodesPage'),
});
const adminPeople = createRoute({
  getParentRoute: () => admin,
  path: '/people',
  component: lazyRouteComponent(() => import('../admin/people-page'), 'PeoplePage'),
});
const adminClub = createRoute({
  getParentRoute: () => admin,
  path: '/settings',
  component: lazyRouteComponent(() => import('../admin/settings-page'), 'SettingsPage'),
});
const adminWebhooks = createRoute({
  getParentRoute: () => admin,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../webhooks/webhooks-page'), 'WebhooksPage'),
});
const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  component: lazyRouteComponent(() => import('../admin/audit-page'), 'AuditPage'),
});

const routeTree = root.addChildren([
  signIn,
  forgot,
  link,
  register,
  scanned,
  inside.addChildren([
    home,
    courts,
    court,
    videos,
    video,
    bookings,
    account,
    health,
    clubs,
    admin.addChildren([adminHome, adminCourts, adminCodes, adminPeople, adminClub, adminWebhooks, adminAudit]),
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: '/panel',
  defaultPreload: 'intent',
  scrollRestoration: true,
  trailingSlash: 'never',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// A sign-in that ends while somebody looks.
auth.subscribe(() => void router.invalidate());
