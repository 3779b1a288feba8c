import { QuickSeek } from './quick-seek';

type Shown = (now: number, picture: { mediaTime: number }) => void;

/** A video that shows what the test says. */
class FakeVideo {
  readonly places: number[] = [];
  private waiting: Shown[] = [];
  private place = 90;

  get currentTime(): number {
    return this.place;
  }

  set currentTime(seconds: number) {
    this.place = seconds;
    this.places.push(seconds);
  }

  requestVideoFrameCallback(shown: Shown): void {
    this.waiting.push(shown);
  }

  show(mediaTime: number): void {
    for (const shown of this.waiting.splice(0)) shown(0, { mediaTime });
  }
}

describe('QuickSeek', () => {
  let video: FakeVideo;
  let ended: AbortController;
  let seek: QuickSeek;

  beforeEach(() => {
    jest.useFakeTimers();
    video = new FakeVideo();
    ended = new AbortController();
    const keyframeBefore = (time: number): number | null => (time < 0 ? null : Math.floor(time / 2) * 2);
    seek = new QuickSeek(video as unknown as HTMLVideoElement, keyframeBefore, ended.signal);
  });

  afterEach(() => jest.useRealTimers());

  it('shows the keyframe first, and goes on as soon as it is there', () => {
    seek.to(31.5);
    expect(video.places).toEqual([30.015]);
    expect([seek.place, seek.underWay]).toEqual([31.5, true]);
    video.show(30);
    expect(video.places).toEqual([30.015, 31.5]);
    expect(seek.underWay).toBe(false);
    video.show(31.48);
    expect(video.places).toHaveLength(2);
  });

  it('is not misled by a picture that was on its way to the screen', () => {
    seek.to(31.5);
    video.show(90.04);
    expect(video.places).toEqual([30.015]);
    video.show(30);
    expect(video.places).toEqual([30.015, 31.5]);
  });

  it.each([
    ['near behind a keyframe', 30.5],
    ['where no keyframe is known', -1],
  ])('goes at once to a place %s', (_where, time) => {
    seek.to(time);
    expect(video.places).toEqual([time]);
    expect(seek.underWay).toBe(false);
  });

  it('goes at once to a place in the group of pictures that is on the screen', () => {
    video.currentTime = 30.2;
    seek.to(31.5);
    expect(video.places).toEqual([30.2, 31.5]);
  });

  it('follows a slider that moves on before anything is there', () => {
    seek.to(31.5);
    seek.to(31.9);
    seek.to(41.5);
    expect(video.places).toEqual([30.015, 40.015]);
    video.show(30);
    expect(video.places).toHaveLength(2);
    video.show(40);
    expect(video.places.at(-1)).toBe(41.5);
  });

  it('waits for no keyframe that does not come', () => {
    seek.to(31.5);
    jest.advanceTimersByTime(300);
    expect(video.places).toEqual([30.015, 31.5]);
    video.show(30);
    expect(video.places).toHaveLength(2);
  });

  it('goes there at once for whoever cannot wait', () => {
    seek.to(31.5);
    seek.arrive();
    expect(video.places).toEqual([30.015, 31.5]);
    seek.arrive();
    expect(video.places).toHaveLength(2);
  });

  it('leaves the element alone when it is over', () => {
    seek.to(31.5);
    ended.abort();
    video.show(30);
    jest.advanceTimersByTime(1_000);
    expect(video.places).toEqual([30.015]);
  });
});
