import { chooseWay } from './court-player';

describe('chooseWay', () => {
  it.each([
    ['fragments where there is a media source', { fragments: true, playlist: true }, 60, 'fragments'],
    ['the browser’s own HLS where that is all', { fragments: false, playlist: true }, 60, 'playlist'],
    ['pictures while nothing is recorded', { fragments: false, playlist: true }, null, 'pictures'],
    ['pictures until there is enough of a recording', { fragments: false, playlist: true }, 5, 'pictures'],
    ['pictures where there is nothing else', { fragments: false, playlist: false }, 60, 'pictures'],
  ] as const)('takes %s', (_what, able, recorded, way) => expect(chooseWay(able, recorded)).toBe(way));
});
