import { bringTexts } from '../i18n/bring';
import { auditTexts } from './audit-texts';
import { peopleTexts } from './people-texts';
import { sharingTexts } from '../sharing/texts';
import { adminTexts } from './texts';

// Each page of the room imports this: its texts are there before it is.
bringTexts({ admin: adminTexts, audit: auditTexts, people: peopleTexts, sharing: sharingTexts });
