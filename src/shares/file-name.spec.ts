import { fileNameOf } from './file-name';

const at = new Date('2026-11-03T23:30:00Z');

describe('fileNameOf', () => {
  it.each([
    ['Padel du Lac', 'Court 1', 'Europe/Paris', 'padel-du-lac-court-1-2026-11-04.mp4'],
    ['Pádel Ñandú', 'Cancha № 2', 'UTC', 'padel-nandu-cancha-no-2-2026-11-03.mp4'],
    ['"; rm -rf /', '../..', 'UTC', 'rm-rf-2026-11-03.mp4'],
    ['网球', '场', 'UTC', '2026-11-03.mp4'],
    ['x'.repeat(120), 'Court', 'UTC', `${'x'.repeat(40)}-court-2026-11-03.mp4`],
  ])('of %s, %s', (clubName, courtName, timeZone, name) => {
    expect(fileNameOf({ clubName, courtName, at, timeZone })).toBe(name);
  });
});
