import { bringTexts } from '../i18n/bring';
import { outgoingTexts } from '../ui/outgoing-texts';
import { courtTexts } from '../court/texts';
import { auditTexts } from './audit-texts';
import { buttonTexts } from './button-texts';
import { calendarTexts } from './calendar-texts';
import { camerasTexts } from './cameras-texts';
import { peopleTexts } from './people-texts';
import { sharingTexts } from '../sharing/texts';
import { storageTexts } from './storage-texts';
import { adminTexts } from './texts';

// Each page of the room imports this: its texts are there before it is.
bringTexts({
  admin: adminTexts,
  audit: auditTexts,
  button: buttonTexts,
  calendar: calendarTexts,
  cameras: camerasTexts,
  court: courtTexts,
  outgoing: outgoingTexts,
  people: peopleTexts,
  sharing: sharingTexts,
  storage: storageTexts,
});
