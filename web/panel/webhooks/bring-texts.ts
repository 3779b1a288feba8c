import { adminTexts } from '../admin/texts';
import { bringTexts } from '../i18n/bring';
import { outgoingTexts } from '../ui/outgoing-texts';
import { webhooksTexts } from './texts';

// Whatever shows something of the room imports this: its texts are there before it is.
bringTexts({ admin: adminTexts, outgoing: outgoingTexts, webhooks: webhooksTexts });
