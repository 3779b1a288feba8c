import { SystemClock } from '../common/clock';
import { TICKS_PER_SECOND, VideoFrame } from '../media/access-unit';
import { drawClip } from '../media/fmp4/clip.fixture';
import { PreviewDecoder } from './preview-decoder';

describe('PreviewDecoder of a tile', () => {
  it('makes a picture of the newest keyframe, with its own time, where several come before the first picture', async () => {
    const [first] = drawClip().frames;
    const keyframes = [0, 1, 2].map((second) => ({ ...first, dts: second * TICKS_PER_SECOND }) as VideoFrame);
    const shown: (number | null)[] = [];
    let enough = (): void => undefined;
    const two = new Promise<void>((resolve) => (enough = resolve));
    const decoder = new PreviewDecoder({
      ffmpeg: { path: 'ffmpeg', instance: 'spec', clock: new SystemClock() },
      session: 'spec',
      detail: 'tile',
      config: (keyframes[0] as VideoFrame).config,
      fps: 25,
      backlog: () => keyframes,
      onPicture: (_data, _width, _height, dts) => {
        shown.push(dts);
        if (shown.length === 2) enough();
      },
      onRestart: () => undefined,
    });
    try {
      decoder.start();
      await two;
      expect(shown).toEqual([0, 2 * TICKS_PER_SECOND]);
    } finally {
      await decoder.stop();
    }
  });
});
