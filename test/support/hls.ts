/** One entry of a media playlist. */
export interface HlsSegment {
  readonly uri: string;
  readonly seconds: number;
  /** Sum of the durations before it. */
  readonly start: number;
  /** `EXT-X-PROGRAM-DATE-TIME`, epoch milliseconds. */
  readonly at: number;
  readonly gap: boolean;
  readonly discontinuity: boolean;
  /** The `EXT-X-MAP` in force. */
  readonly map: string | undefined;
  /** First and last byte; `undefined` without `EXT-X-BYTERANGE`. */
  readonly range: readonly [number, number] | undefined;
}

export interface HlsPlaylist {
  readonly version: number;
  readonly target: number;
  readonly over: boolean;
  readonly tags: readonly string[];
  readonly segments: readonly HlsSegment[];
}

/** Reads a media playlist, and takes exception to what RFC 8216 does. */
export function readHls(text: string): HlsPlaylist {
  const lines = text.split('\n');
  if (lines[0] !== '#EXTM3U' || lines.pop() !== '') throw new Error(`no playlist: ${text.slice(0, 200)}`);
  const number = (tag: string): number =>
    Number(lines.find((line) => line.startsWith(`${tag}:`))?.slice(tag.length + 1));
  const segments: HlsSegment[] = [];
  let start = 0;
  let map: string | undefined;
  let tags = new Map<string, string>();
  for (const line of lines) {
    const [, tag, value = ''] = /^#(EXT[A-Z-]*):?(.*)$/.exec(line) ?? [];
    if (tag !== undefined) {
      tags.set(tag, value);
      continue;
    }
    const mapUri = /URI="([^"]+)"/.exec(tags.get('EXT-X-MAP') ?? '')?.[1];
    map = mapUri ?? map;
    const seconds = Number(/^([\d.]+),$/.exec(tags.get('EXTINF') ?? '')?.[1]);
    const [, length, offset] = /^(\d+)@(\d+)$/.exec(tags.get('EXT-X-BYTERANGE') ?? '') ?? [];
    if (!(seconds > 0)) throw new Error(`no duration before ${line}`);
    segments.push({
      uri: line,
      seconds,
      start,
      at: Date.parse(tags.get('EXT-X-PROGRAM-DATE-TIME') ?? ''),
      gap: tags.has('EXT-X-GAP'),
      discontinuity: tags.has('EXT-X-DISCONTINUITY'),
      map,
      range: length === undefined ? undefined : [Number(offset), Number(offset) + Number(length) - 1],
    });
    start += seconds;
    tags = new Map();
  }
  return {
    version: number('#EXT-X-VERSION'),
    target: number('#EXT-X-TARGETDURATION'),
    over: lines.includes('#EXT-X-ENDLIST'),
    tags: lines.filter((line) => line.startsWith('#')),
    segments,
  };
}
