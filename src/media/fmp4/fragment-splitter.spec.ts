import { execFileSync } from 'node:child_process';
import { drawClip } from './clip.fixture';
import { box, fullBox, u32 } from './box-writer';
import { buildRun } from './fragment';
import { FragmentSplitter, SplitSample, SplitTrack } from './fragment-splitter';
import { buildInitSegment } from './init-segment';

function split(
  stream: Buffer,
  step: number,
  maxFrameBytes = 8 << 20,
): { samples: SplitSample[]; tracks: SplitTrack[] } {
  const samples: SplitSample[] = [];
  const tracks: SplitTrack[] = [];
  const splitter = new FragmentSplitter({
    maxFrameBytes,
    onTrack: (track) => tracks.push(track),
    onSample: (sample) => samples.push(sample),
  });
  for (let at = 0; at < stream.length; at += step) splitter.push(stream.subarray(at, at + step));
  return { samples, tracks };
}

/** Fragmented MP4 by FFmpeg, with or without sound beside. */
function ffmpeg(...options: string[]): Buffer {
  const sources = ['-f', 'lavfi', '-i', 'sine=d=2', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:d=2'];
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'];
  return execFileSync('ffmpeg', ['-v', 'error', ...sources, ...video, ...options, '-f', 'mp4', 'pipe:1'], {
    maxBuffer: 1 << 26,
  });
}

const SINGLE = 'frag_every_frame+empty_moov+default_base_moof';

describe('FragmentSplitter', () => {
  const clip = drawClip({ bFrames: 2 });

  it.each([1, 13, 4096, 1 << 20])('gives back what our own muxer wrote, %d bytes at a time', (step) => {
    const last = clip.frames[clip.frames.length - 1]!;
    const stream = Buffer.concat([buildInitSegment(clip.config), ...buildRun(clip.frames, last.dts + 3600, 0, 1)]);
    const { samples, tracks } = split(stream, step);
    expect(tracks).toMatchObject([{ format: 'avc1', config: { width: 320, height: 180 } }]);
    expect(samples.map(({ dts, cts, keyframe, data }) => ({ dts, cts, keyframe, data }))).toEqual(
      clip.frames.map(({ dts, cts, keyframe, data }) => ({ dts, cts, keyframe, data })),
    );
  });

  it.each([
    ['one frame a fragment', ['-map', '1:v', '-movflags', SINGLE]],
    ['a second a fragment', ['-map', '1:v', '-movflags', 'frag_keyframe+empty_moov+default_base_moof']],
    ['absolute offsets', ['-map', '1:v', '-movflags', 'frag_keyframe+empty_moov']],
    [
      'sound before the picture',
      ['-map', '0:a', '-map', '1:v', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'],
    ],
    [
      'sound and absolute offsets',
      ['-map', '0:a', '-map', '1:v', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov'],
    ],
    ['another timescale', ['-map', '1:v', '-video_track_timescale', '25000', '-movflags', SINGLE]],
  ])('reads FFmpeg with %s', (_name, options) => {
    const { samples } = split(ffmpeg(...options), 1000);
    expect(samples).toHaveLength(50);
    samples.forEach(({ dts, duration, data, keyframe }, i) => {
      expect(dts).toBe(i * 3600);
      expect(duration).toBe(3600);
      expect(keyframe).toBe(i % 25 === 0);
      // The lengths fill the sample to the byte.
      let at = 0;
      while (at < data.length) at += 4 + data.readUInt32BE(at);
      expect(at).toBe(data.length);
    });
    const shown = samples.map(({ dts, cts }) => dts + cts).sort((a, b) => a - b);
    shown.slice(1).forEach((time, i) => expect(time - shown[i]!).toBe(3600));
  });

  it('names a codec that is not H.264 and skips its pictures', () => {
    const { samples, tracks } = split(ffmpeg('-map', '1:v', '-c:v', 'mpeg4', '-bf', '0', '-movflags', SINGLE), 1000);
    expect(tracks).toEqual([{ format: 'mp4v', objectType: 0x20, config: null }]);
    expect(samples).toEqual([]);
  });

  const init = buildInitSegment(clip.config);
  it.each<[string, Buffer, RegExp]>([
    ['a box shorter than its header', u32(4, 0x66747970), /4 bytes/],
    ['a header box without bounds', Buffer.concat([u32(0x7fffffff), Buffer.from('moov')]), /moov/],
    ['a movie without video', box('moov', box('trak')), /no video/],
    ['a fragment before its header', box('moof'), /before/],
    ['a truncated fragment header', Buffer.concat([init, box('moof', box('traf', box('tfhd', u32(0))))]), /shorter/],
    ['a child that does not fit', Buffer.concat([init, box('moof', u32(500, 0x74726166))]), /fit/],
    [
      'a frame beyond the bound',
      Buffer.concat([
        init,
        box('moof', box('traf', fullBox('tfhd', 0, 0x20000, u32(1)), fullBox('trun', 0, 0x200, u32(1, 9 << 20)))),
      ]),
      /frame of/,
    ],
    [
      'a sample outside its data',
      Buffer.concat([
        init,
        box('moof', box('traf', fullBox('tfhd', 0, 0x20000, u32(1)), fullBox('trun', 0, 0x201, u32(1, 5000, 10)))),
        box('mdat', Buffer.alloc(8)),
      ]),
      /outside/,
    ],
  ])('refuses %s', (_name, stream, message) => {
    expect(() => split(stream, 7)).toThrow(message);
  });
});
