import { videosSearch } from './videos-search';

describe('the filters in the address', () => {
  it('are taken as they are written', () => {
    const search = { court: 3, player: 12, from: '2026-05-01', to: '2026-05-02' };
    expect(videosSearch(search)).toEqual(search);
    expect(videosSearch({})).toEqual({});
  });

  it('are left out where they make no sense', () => {
    expect(videosSearch({ court: '3', player: -1, from: '2026-02-30', to: 5 })).toEqual({});
    expect(videosSearch({ court: 1.5, player: 2 ** 40, from: '', to: null })).toEqual({});
  });
});
