import { harmlessCell } from './csv-cell';

describe('a cell of the export', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+33 6 00', "'+33 6 00"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t'=1"],
    ['\r\n=1', "'\r'\n'=1"],
    ['＝1+1', "'＝1+1"],
    ['＠x', "'＠x"],
    ['a;=HYPERLINK("http://x")', 'a;\'=HYPERLINK("http://x")'],
    ['a\n=1', "a\n'=1"],
  ])('%j begins no formula', (text, cell) => {
    expect(harmlessCell(text)).toBe(cell);
  });

  it.each(['', 'Élodie Müller', 'a = b - c', 'court:3', '{"fields":["name"],"change":-5}', 'jean-luc@club.example'])(
    '%j stays as it is',
    (text) => {
      expect(harmlessCell(text)).toBe(text);
    },
  );
});
