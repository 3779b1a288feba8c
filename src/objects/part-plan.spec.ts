import { partBytesFor, planParts } from './part-plan';

const MIB = 2 ** 20;

it('cuts a file into parts that lie side by side', () => {
  expect(planParts(20 * MIB, 8 * MIB)).toEqual([
    { number: 1, from: 0, to: 8 * MIB },
    { number: 2, from: 8 * MIB, to: 16 * MIB },
    { number: 3, from: 16 * MIB, to: 20 * MIB },
  ]);
  expect(planParts(16 * MIB, 8 * MIB)).toHaveLength(2);
  expect(planParts(0, 8 * MIB)).toEqual([{ number: 1, from: 0, to: 0 }]);
});

it.each([[1], [5 * 1024 * MIB], [200 * 1024 * MIB], [4096 * 1024 * MIB]])(
  'never needs more parts than a storage takes: %d bytes',
  (bytes) => {
    expect(partBytesFor(bytes)).toBeGreaterThanOrEqual(8 * MIB);
    expect(Math.ceil(bytes / partBytesFor(bytes))).toBeLessThan(10_000);
  },
);
