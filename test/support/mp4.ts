import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What FFmpeg's own tools say of a file. */
export interface Mp4Facts {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly frames: number;
  /** When each packet is decoded, seconds from the first. */
  readonly decodeTimes: readonly number[];
  /** Everything a full decode complained of; empty for a sound file. */
  readonly complaints: string;
  /** It has a stream besides its pictures. */
  readonly sound: boolean;
  /** Top-level boxes in order. */
  readonly boxes: readonly string[];
}

export async function inspectMp4(path: string): Promise<Mp4Facts> {
  const entries = [
    '-select_streams',
    'v',
    '-show_packets',
    '-show_entries',
    'packet=dts_time:stream:format=nb_streams',
  ];
  const probe = await run('ffprobe', ['-v', 'error', '-of', 'json', ...entries, path], { maxBuffer: 64 * 1024 * 1024 });
  const { streams, packets, format } = JSON.parse(probe.stdout) as {
    streams: Record<string, string>[];
    format: { nb_streams: number };
    packets: { dts_time: string }[];
  };
  const decoded = packets.map((packet) => Number(packet.dts_time));
  const [stream] = streams;
  const others = format.nb_streams - streams.length;
  if (!stream || streams.length !== 1 || others > 1) throw new Error(`${format.nb_streams} streams`);
  const decode = await run('ffmpeg', ['-v', 'warning', '-nostdin', '-i', path, '-f', 'null', '-']);
  return {
    codec: String(stream.codec_name),
    width: Number(stream.width),
    height: Number(stream.height),
    durationSeconds: Number(stream.duration),
    frames: packets.length,
    decodeTimes: decoded.map((time) => time - (decoded[0] as number)),
    complaints: decode.stderr.trim(),
    sound: others === 1,
    boxes: await topLevelBoxes(path),
  };
}

/** A chapter as players list it. */
export interface Mp4Chapter {
  /** Seconds. */
  readonly at: number;
  readonly title: string;
}

export async function chaptersOf(path: string): Promise<Mp4Chapter[]> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', path]);
  const { chapters } = JSON.parse(stdout) as { chapters: { start_time: string; tags: { title: string } }[] };
  return chapters.map(({ start_time: at, tags }) => ({ at: Number(at), title: tags.title }));
}

async function topLevelBoxes(path: string): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const boxes: string[] = [];
    const head = Buffer.alloc(16);
    for (let at = 0; at < size;) {
      await file.read(head, 0, 16, at);
      boxes.push(head.toString('latin1', 4, 8));
      const small = head.readUInt32BE(0);
      const length = small === 1 ? Number(head.readBigUInt64BE(8)) : small === 0 ? size - at : small;
      if (length < 8) throw new Error(`a box of ${length} bytes at ${at}`);
      at += length;
    }
    return boxes;
  } finally {
    await file.close();
  }
}
