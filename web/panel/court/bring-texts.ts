import { anglesTexts } from '../angles/texts';
import { bringTexts } from '../i18n/bring';
import { highlightsTexts } from '../highlights/texts';
import { markersTexts } from '../markers/texts';
import { courtTexts } from './texts';
import { playerTexts } from '../ui/player-texts';

// Whatever shows something of the room imports this: its texts are there before it is.
bringTexts({
  angles: anglesTexts,
  court: courtTexts,
  highlights: highlightsTexts,
  markers: markersTexts,
  player: playerTexts,
});
