import { chooseWay } from './court-player';
import type { RecordingState } from './protocol';

const recording: RecordingState = {
  status: 'recording',
  started_at: 0,
  planned_end_at: 0,
  duration_seconds: 3,
  gaps: 0,
};

describe('chooseWay', () => {
  it.each([
    ['fragments where there is a media source', { fragments: true, playlist: true }, recording, 'fragments'],
    ['the browser’s own HLS where that is all', { fragments: false, playlist: true }, recording, 'playlist'],
    ['pictures while nothing is recorded', { fragments: false, playlist: true }, null, 'pictures'],
    [
      'pictures until there is something',
      { fragments: false, playlist: true },
      { ...recording, duration_seconds: 0 },
      'pictures',
    ],
    [
      'pictures when it is over',
      { fragments: false, playlist: true },
      { ...recording, status: 'ready' as const },
      'pictures',
    ],
    ['pictures where there is nothing else', { fragments: false, playlist: false }, recording, 'pictures'],
  ] as const)('takes %s', (_what, able, state, way) => expect(chooseWay(able, state)).toBe(way));
});
