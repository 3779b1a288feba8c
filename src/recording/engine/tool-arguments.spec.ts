import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEndsArgs, decodeFragmentsArgs } from '../../media/decode-check';
import { encoderArgs, httpDemuxArgs, motionArgs, previewArgs, snapshotArgs } from '../../media/ffmpeg-args';
import { probeArgs, probeSoundArgs } from '../../media/ffprobe';
import { brandArgs } from '../../media/brand-args';
import { alikeArgs, COMPRESSION_CODECS, compressArgs } from '../../media/compress-args';
import { cardArgs, logoArgs } from '../../media/picture-args';
import { soundEncoderArgs } from '../../media/sound/sound-args';
import { remuxArgs } from './remuxer';
import { sampleListArgs, transcodeArgs } from './transcode';

const SOURCES = join(__dirname, '..', '..');
const marker = 'padelvar:i:s';
const ends = { firstFrames: 3, lastFrames: 3, lastKeyframeSeconds: 4 };
const picture = { width: 1280, height: 720 };
/** Demuxers that open nothing besides what they are given; playlists and `concat` do. */
const DEMUXERS = ['mp4', 'mpegts', 'flv', 'matroska', 'png_pipe', 'jpeg_pipe', 'webp_pipe', 'alaw', 'mulaw'];

/** Every command line by which FFmpeg's programs are started, by the file that makes it. */
const COMMANDS: Readonly<Record<string, readonly string[][]>> = {
  'media/ffmpeg-args.ts': [
    ...(['mpegts', 'flv', 'mp4', 'matroska'] as const).map((format) => httpDemuxArgs(format, marker)),
    encoderArgs({ codec: 'libx264', preset: 'veryfast', crf: 23, ...picture, threads: 1, marker }),
    snapshotArgs({ maxWidth: 640, quality: 4, marker }),
    previewArgs({ maxWidth: 640, fps: 5, quality: 6, source: { ...picture, fps: 25 }, marker }),
    ...(['mp4', 'matroska'] as const).map((format) => motionArgs({ format, sourceWidth: 1280, marker })),
  ],
  'media/picture-args.ts': [
    ...(['png', 'jpeg', 'webp'] as const).map((format) => logoArgs({ format, maxSide: 512, maxPixels: 100, marker })),
    ...[true, false].map((logo) => cardArgs({ path: '/v/1.mp4', seconds: 3, logo, marker })),
  ],
  'media/compress-args.ts': [
    ...COMPRESSION_CODECS.map((codec) => {
      return compressArgs({ codec, crf: 24, from: '/v/1.mp4', to: '/v/2.mp4', marker });
    }),
    alikeArgs('/v/1.mp4', '/v/2.mp4', 3, marker),
  ],
  'media/brand-args.ts': [brandArgs({ from: '/v/1.mp4', to: '/v/2.mp4', ...picture, marker })],
  'media/ffprobe.ts': [
    probeArgs('/v/1.mp4'),
    probeArgs('/v/1.mp4', ends),
    probeArgs('/v/1.mp4', ends, true),
    probeSoundArgs('/v/1.mp4'),
  ],
  'media/sound/sound-args.ts': (['alaw', 'mulaw'] as const).map((kind) =>
    soundEncoderArgs({ kind, rate: 8_000, outRate: 16_000, marker }),
  ),
  'media/decode-check.ts': [decodeFragmentsArgs(10), decodeEndsArgs('/v/1.mp4', ends)],
  'recording/engine/transcode.ts': [
    transcodeArgs('/v/1.mp4', '/v/2.mp4', { ...picture, parameterSetId: 1 }),
    sampleListArgs('/v/1.mp4'),
  ],
  'recording/engine/remuxer.ts': [remuxArgs('/v/2.mp4', 'null'), remuxArgs('/v/2.mp4', 'null', 'h265', true)],
};

/** The arguments that belong to each input: those since the input before. */
function inputsOf(args: readonly string[]): string[][] {
  const inputs: string[][] = [];
  let from = 0;
  args.forEach((arg, i) => {
    if (arg !== '-i') return;
    inputs.push(args.slice(from, i + 2));
    from = i + 2;
  });
  return inputs;
}

const valueOf = (args: readonly string[], option: string): string | undefined => {
  const at = args.lastIndexOf(option);
  return at < 0 ? undefined : args[at + 1];
};

describe("the arguments of FFmpeg's programs", () => {
  const each = Object.entries(COMMANDS).flatMap(([file, commands]) => commands.map((args) => [file, args] as const));

  it.each(each)('%s: every input is ours, by one protocol and in a container that is named', (_file, args) => {
    const inputs = inputsOf(args);
    expect(inputs.length).toBeGreaterThan(0);
    for (const input of inputs) {
      const source = input.at(-1) as string;
      expect(source).toMatch(/^(pipe:0|file:\/.*)$/);
      expect(valueOf(input, '-protocol_whitelist')).toBe(source.split(':')[0]);
      expect(DEMUXERS).toContain(valueOf(input, '-f'));
    }
    for (const arg of args) expect(arg).not.toMatch(/^[a-z]+:\/\//i);
  });

  it('are made nowhere else', () => {
    const made = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.(spec|fixture)\.ts$/.test(file))
      .filter((file) => /'-(i|f|protocol_whitelist)'/.test(readFileSync(join(SOURCES, file), 'utf8')));
    expect(made.sort()).toEqual(Object.keys(COMMANDS).sort());
  });
});
