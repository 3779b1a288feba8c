import { firstValueFrom } from 'rxjs';
import { Clock } from '../common/clock';
import { Frame, JpegFrame, TICKS_PER_SECOND } from '../media/access-unit';
import { FrameConsumer } from '../proxy/frame-consumer';
import { CourtPictures } from './court-pictures';
import { PictureDetail } from './court-runtime';

function picture(number: number): JpegFrame {
  return { kind: 'jpeg', data: Buffer.from(`${number}`), width: 8, height: 8, dts: number, keyframe: true, cts: 0 };
}

describe('CourtPictures of a camera that sends JPEGs', () => {
  let consumers: Set<FrameConsumer>;
  let timers: Set<() => void>;
  let pictures: CourtPictures;
  let gop: Frame[];
  let make: (detail: PictureDetail) => CourtPictures;

  beforeEach(() => {
    consumers = new Set();
    timers = new Set();
    gop = [picture(1)];
    const after = (_ms: number, task: () => void): (() => void) => {
      timers.add(task);
      return () => timers.delete(task);
    };
    const clock = { now: () => 7, monotonic: () => 7, after } as unknown as Clock;
    const subscribe = (consumer: FrameConsumer): (() => void) => {
      consumers.add(consumer);
      for (const frame of gop) void consumer.take(frame);
      return () => consumers.delete(consumer);
    };
    const proxy = { subscribe, gopFrames: gop, facts: null, now: () => 0 };
    const ffmpeg = { path: 'none', instance: 'i', clock };
    make = (detail) => new CourtPictures({ ffmpeg, session: 's', detail, proxy });
    pictures = make('pictures');
  });

  function seen(): { list: string[]; over: boolean; leave: () => void } {
    const seen = { list: [] as string[], over: false, leave: () => undefined as void };
    const subscription = pictures.watch().subscribe({
      next: ({ data }) => seen.list.push(data.toString()),
      complete: () => (seen.over = true),
    });
    seen.leave = () => subscription.unsubscribe();
    return seen;
  }

  function give(frame: Frame): void {
    for (const consumer of consumers) void consumer.take(frame);
  }

  function later(): void {
    for (const task of [...timers]) {
      timers.delete(task);
      task();
    }
  }

  it('asks for frames once, however many watch, and not at all when nobody does', () => {
    expect(consumers.size).toBe(0);
    const viewers = [seen(), seen()];
    expect(consumers.size).toBe(1);
    give(picture(2));
    expect(viewers.map(({ list }) => list)).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
    expect(pictures.viewers).toBe(2);
    viewers.forEach(({ leave }) => leave());
    // Somebody who reloads the page finds it running.
    expect([pictures.viewers, consumers.size]).toEqual([0, 1]);
    later();
    expect(consumers.size).toBe(0);
  });

  it('goes on when somebody comes before it has gone', () => {
    seen().leave();
    const back = seen();
    later();
    give(picture(2));
    expect(back.list).toEqual(['1', '2']);
    expect(consumers.size).toBe(1);
  });

  it('lets go of the frames for one who leaves with the first picture', async () => {
    expect((await firstValueFrom(pictures.watch())).data.toString()).toBe('1');
    later();
    expect([pictures.viewers, consumers.size]).toEqual([0, 0]);
  });

  it('ends every watch with the session, later ones at once', async () => {
    const viewer = seen();
    await pictures.close();
    expect([viewer.over, consumers.size, timers.size]).toEqual([true, 0, 0]);
    expect(seen()).toMatchObject({ list: [], over: true });
  });

  it('gives one a second for a tile', async () => {
    pictures = make('tile');
    gop = [];
    const viewer = seen();
    for (let number = 0; number < 50; number++) {
      give({ ...picture(number), dts: (number * TICKS_PER_SECOND) / 10 });
    }
    expect(viewer.list).toEqual(['0', '10', '20', '30', '40']);
    // Who comes back after a while need not wait.
    viewer.leave();
    later();
    const back = seen();
    give({ ...picture(50), dts: 4.2 * TICKS_PER_SECOND });
    expect(back.list).toEqual(['50']);
  });
});
