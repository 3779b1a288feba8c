import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { accessTexts } from '../access/texts';
import type { activityTexts } from '../activity/texts';
import type { accountTexts } from '../account/texts';
import type { anglesTexts } from '../angles/texts';
import type { auditTexts } from '../admin/audit-texts';
import type { buttonTexts } from '../admin/button-texts';
import type { calendarTexts } from '../admin/calendar-texts';
import type { camerasTexts } from '../admin/cameras-texts';
import type { peopleTexts } from '../admin/people-texts';
import type { adminTexts } from '../admin/texts';
import { appTexts } from '../app/texts';
import type { bookingsTexts } from '../bookings/texts';
import type { compressionTexts } from '../compression/texts';
import type { courtTexts } from '../court/texts';
import { courtsTexts } from '../courts/texts';
import type { healthTexts } from '../health/texts';
import type { sharingTexts } from '../sharing/texts';
import type { storageTexts } from '../admin/storage-texts';
import type { highlightsTexts } from '../highlights/texts';
import type { markersTexts } from '../markers/texts';
import type { playerTexts } from '../ui/player-texts';
import type { outgoingTexts } from '../ui/outgoing-texts';
import type { videosTexts } from '../videos/texts';
import type { webhooksTexts } from '../webhooks/texts';
import { problemTexts } from './problems';

/** Each room brings its own texts, in both languages. */
const ROOMS = {
  access: accessTexts,
  app: appTexts,
  courts: courtsTexts,
  problems: problemTexts,
};

export type Language = 'en' | 'fr';
export const LANGUAGES: readonly Language[] = ['fr', 'en'];
const KEY = 'padelvar.language';

/** Rooms whose texts come with their pages: `bring.ts`. */
interface LaterRooms {
  activity: typeof activityTexts;
  account: typeof accountTexts;
  admin: typeof adminTexts;
  angles: typeof anglesTexts;
  audit: typeof auditTexts;
  bookings: typeof bookingsTexts;
  button: typeof buttonTexts;
  calendar: typeof calendarTexts;
  compression: typeof compressionTexts;
  cameras: typeof camerasTexts;
  court: typeof courtTexts;
  health: typeof healthTexts;
  highlights: typeof highlightsTexts;
  markers: typeof markersTexts;
  outgoing: typeof outgoingTexts;
  people: typeof peopleTexts;
  player: typeof playerTexts;
  sharing: typeof sharingTexts;
  storage: typeof storageTexts;
  videos: typeof videosTexts;
  webhooks: typeof webhooksTexts;
}

type Rooms = typeof ROOMS & LaterRooms;
type English = { [Room in keyof Rooms]: Rooms[Room]['en'] };

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: English;
    defaultNS: 'app';
    returnNull: false;
    contextSeparator: '|';
  }
}

/** The last choice, else the browser's first language of the two. */
function preferred(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return wanted.find((tag): tag is Language => tag === 'en' || tag === 'fr') ?? 'en';
}

export function startTexts(): void {
  const of = (language: Language) =>
    Object.fromEntries(Object.entries(ROOMS).map(([room, texts]) => [room, texts[language]]));
  i18next.on('languageChanged', (language) => (document.documentElement.lang = language));
  void i18next.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: 'en',
    defaultNS: 'app',
    ns: Object.keys(ROOMS),
    resources: { en: of('en'), fr: of('fr') },
    interpolation: { escapeValue: false },
    returnNull: false,
    // Keys are the service's words, which hold `_`.
    contextSeparator: '|',
    initAsync: false,
    showSupportNotice: false,
  });
}

export function currentLanguage(): Language {
  return i18next.language === 'fr' ? 'fr' : 'en';
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  void i18next.changeLanguage(language);
}
