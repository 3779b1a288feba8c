import { ImportUsageError, readImportCommand } from './import-command';

describe('the command of an import', () => {
  it('names a folder, and nothing else is needed', () => {
    expect(readImportCommand(['/old/videos'])).toEqual({
      folder: '/old/videos',
      dryRun: false,
      clubs: new Map(),
      way: 'link',
      owner: null,
      courts: [],
      createClubs: false,
    });
  });

  it('takes all there is, in any order', () => {
    const words =
      '--dry-run --map 1=3 2=4 --owner a@b.example /old --map a=b=5 --court 7 --court 8 --create-clubs --move';
    expect(readImportCommand(words.split(' '))).toEqual({
      folder: '/old',
      dryRun: true,
      clubs: new Map([
        ['1', 3],
        ['2', 4],
        ['a=b', 5],
      ]),
      way: 'move',
      owner: 'a@b.example',
      courts: [7, 8],
      createClubs: true,
    });
  });

  it.each([
    [''],
    ['/a /b'],
    ['/a --map'],
    ['/a --map 1'],
    ['/a --map =1'],
    ['/a --map 1=x'],
    ['/a --map 1=0'],
    ['/a --map 1=99999999999'],
    ['/a --map 1=3000000000'],
    ['/a --map 1=2 --map 1=3'],
    ['/a --court -1'],
    ['/a --owner --move'],
    ['/a --copy --move'],
    ['/a --force'],
  ])('refuses %j, and says how it is used', (line) => {
    expect(() => readImportCommand(line.split(' ').filter(Boolean))).toThrow(ImportUsageError);
  });
});
