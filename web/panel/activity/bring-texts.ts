import { bringTexts } from '../i18n/bring';
import { activityTexts } from './texts';

// Whatever shows something of the room imports this: its texts are there before it is.
bringTexts({ activity: activityTexts });
