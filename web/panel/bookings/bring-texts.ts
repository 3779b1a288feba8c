import { courtTexts } from '../court/texts';
import { bringTexts } from '../i18n/bring';
import { bookingsTexts } from './texts';

// Whatever shows something of the room imports this: its texts are there before it is.
bringTexts({ bookings: bookingsTexts, court: courtTexts });
