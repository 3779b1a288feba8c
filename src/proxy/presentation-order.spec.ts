import { PresentationOrder } from './presentation-order';

const FRAME = 3600;

describe('PresentationOrder', () => {
  it('leaves alone what is in order', () => {
    const order = new PresentationOrder();
    const stamps = [1, 4, 2, 3, 7, 5, 6].map((n) => n * FRAME);
    expect(stamps.map((stamp) => order.place(stamp, stamp + 500, 0))).toEqual(stamps.map((stamp) => stamp + 500));
  });

  it('keeps a picture behind the one before it, and before the one behind it, with room between them', () => {
    const order = new PresentationOrder();
    order.place(4 * FRAME, 4 * FRAME, 0);
    expect(order.place(5 * FRAME, 3.9 * FRAME, 0)).toBe(4.25 * FRAME);
    expect(order.place(3 * FRAME, 4.1 * FRAME, 0)).toBe(3.75 * FRAME);
  });

  it('moves nothing that did not change places, however near it lies', () => {
    const order = new PresentationOrder();
    for (const at of [100, 101, 102]) expect(order.place(at * FRAME, at, 0)).toBe(at);
  });

  it('takes what would have to be moved by more than a second for the first of another order', () => {
    const order = new PresentationOrder();
    order.place(4 * FRAME, 100 * FRAME, 0);
    expect(order.place(5 * FRAME, 4 * FRAME, 0)).toBe(4 * FRAME);
    expect(order.place(3 * FRAME, 5 * FRAME, 0)).toBe(4 * FRAME - 1800);
  });

  it('shows nothing before it is decoded', () => {
    const order = new PresentationOrder();
    order.place(4 * FRAME, 4 * FRAME, 0);
    expect(order.place(3 * FRAME, 5 * FRAME, 3.9 * FRAME)).toBe(3.9 * FRAME);
  });

  it('knows no order across a restart', () => {
    const order = new PresentationOrder();
    order.place(4 * FRAME, 4 * FRAME, 0);
    order.restart();
    expect(order.place(1 * FRAME, 9 * FRAME, 0)).toBe(9 * FRAME);
  });
});
