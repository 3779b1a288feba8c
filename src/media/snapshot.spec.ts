import { SystemClock } from '../common/clock';
import { drawClip } from './fmp4/clip.fixture';
import { buildRun } from './fmp4/fragment';
import { buildInitSegment } from './fmp4/init-segment';
import { readJpegSize } from './jpeg';
import { makeSnapshot } from './snapshot';

const ffmpeg = { path: 'ffmpeg', instance: 'spec', clock: new SystemClock() };

describe('makeSnapshot', () => {
  const { config, frames } = drawClip({ seconds: 1, size: '1280x720', bFrames: 2 });
  const [keyframe] = frames;
  const input = Buffer.concat([buildInitSegment(config), ...buildRun([keyframe!], 3600, 0, 1)]);

  it.each([
    [undefined, { width: 640, height: 360 }],
    [320, { width: 320, height: 180 }],
    [4000, { width: 1280, height: 720 }],
  ])('makes a JPEG of a keyframe at most %s wide', async (maxWidth, size) => {
    const jpeg = await makeSnapshot(input, { ffmpeg, session: 's', ...(maxWidth ? { maxWidth } : {}) });
    expect(readJpegSize(jpeg)).toEqual(size);
  });

  it.each([
    ['noise', Buffer.alloc(5000, 7), 'ffmpeg', /decoded/],
    ['an init alone', buildInitSegment(config), 'ffmpeg', /decoded/],
    ['no FFmpeg', input, '/nonexistent', /started/],
  ])('fails on %s', async (_name, bytes, path, message) => {
    await expect(makeSnapshot(bytes, { ffmpeg: { ...ffmpeg, path }, session: 's' })).rejects.toThrow(message);
  });

  it('keeps its deadline, and ends when it is told to', async () => {
    // No FFmpeg is up and done within a millisecond.
    await expect(makeSnapshot(input, { ffmpeg, session: 's', timeoutMs: 1 })).rejects.toThrow('within 1 ms');
    const abort = new AbortController();
    const made = makeSnapshot(input, { ffmpeg, session: 's', signal: abort.signal });
    abort.abort();
    await expect(made).rejects.toThrow('aborted');
  });
});
