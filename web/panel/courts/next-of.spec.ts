import { nextOf } from './next-of';

const NOW = Date.parse('2026-12-04T17:00:00Z');

describe('the next booking of a court', () => {
  const booking = (terrain_id: number, hours: number, status: 'planned' | 'starting' | 'recording' = 'planned') => {
    const at = (hour: number): string => new Date(NOW + hour * 3_600_000).toISOString();
    return { terrain_id, status, starts_at: at(hours), ends_at: at(hours + 1) };
  };

  it('is the first that is not recorded yet, also where it should have begun', () => {
    const late = booking(1, -0.5, 'starting');
    expect(nextOf([booking(1, -2), booking(1, -0.5, 'recording'), late, booking(1, 2)], 1, NOW)).toBe(late);
  });

  it('is none of another court, and none that lies a day ahead', () => {
    const tonight = booking(1, 3);
    expect(nextOf([booking(2, 1), tonight, booking(1, 25)], 1, NOW)).toBe(tonight);
    expect(nextOf([booking(2, 1), booking(1, 25)], 1, NOW)).toBeNull();
  });
});
