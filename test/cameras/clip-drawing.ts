import { timeBarFilters, timeBarHeight } from './time-bars';

/** What a clip looks like and how it is coded. */
export interface ClipParameters {
  readonly codec: 'h264' | 'h265' | 'mjpeg';
  /** Pixels; even. */
  readonly width: number;
  readonly height: number;
  /** Frames a second, a whole number. */
  readonly fps: number;
  /** Length of one loop. */
  readonly seconds: number;
  /** Seconds between keyframes (H.264); the length is a multiple of it, so that the loop ends on a whole GOP. */
  readonly gopSeconds: number;
  /** B-frames between two references (H.264); with 0 the stream has no reordering. */
  readonly bframes: number;
  /** Bits a second. Sensor noise is drawn so that an encoder really needs them. */
  readonly bitrate: number;
  /** Groups of pictures begin with pictures that those shown before them do not need, but follow (H.265). */
  readonly openGop: boolean;
  /** Slices a picture (H.264). */
  readonly slices: number;
  /** H.264 profile. */
  readonly profile: 'baseline' | 'main' | 'high';
  /**
   * Motion JPEG as RTP can carry it (RFC 2435): standard Huffman tables, quantisers of {@link RTP_JPEG_QUALITY}, with restart
   * markers a row of blocks apart or without. The bit rate is what comes of it. `null`: as an encoder likes it.
   */
  readonly rtp: 'plain' | 'restarts' | null;
}

/**
 * The Independent JPEG Group's scale, 1 to 99. FFmpeg's encoder has a fixed first quantiser of 8, which of all qualities
 * only this one has for luminance and chrominance.
 */
export const RTP_JPEG_QUALITY = 76;

export const DEFAULT_CLIP: ClipParameters = {
  codec: 'h264',
  width: 1280,
  height: 720,
  fps: 25,
  seconds: 10,
  gopSeconds: 1,
  bframes: 0,
  bitrate: 2_000_000,
  openGop: false,
  slices: 1,
  profile: 'high',
  rtp: null,
};

/** Segments a…g of a seven-segment digit as [x, y, w, h] in units of the digit's width (1) and height (2). */
const SEGMENTS: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 1, 0.2],
  [0.8, 0, 0.2, 1],
  [0.8, 1, 0.2, 1],
  [0, 1.8, 1, 0.2],
  [0, 1, 0.2, 1],
  [0, 0, 0.2, 1],
  [0, 0.9, 1, 0.2],
];
/** For each segment, bit d is set where digit d lights it. */
const LIT = [
  [0, 2, 3, 5, 6, 7, 8, 9],
  [0, 1, 2, 3, 4, 7, 8, 9],
  [0, 1, 3, 4, 5, 6, 7, 8, 9],
  [0, 2, 3, 5, 6, 8, 9],
  [0, 2, 6, 8],
  [0, 4, 5, 6, 8, 9],
  [2, 3, 4, 5, 6, 8, 9],
].map((digits) => digits.reduce((mask, digit) => mask + 2 ** digit, 0));

/** A `SSS.mmm` clock out of boxes: `drawtext` would need a font, which a bare FFmpeg does not bring along. */
function clockFilters(p: ClipParameters): string[] {
  const unit = Math.max(8, Math.round(p.width / 40));
  const left = Math.round(p.width * 0.36);
  const top = timeBarHeight(p.height) + Math.round(unit * 0.6);
  const box = (x: number, y: number, w: number, h: number, colour: string, enable?: string): string =>
    `drawbox=x=${Math.round(x)}:y=${Math.round(y)}:w=${Math.max(1, Math.round(w))}:h=${Math.max(1, Math.round(h))}` +
    `:c=${colour}:t=fill${enable === undefined ? '' : `:enable='${enable}'`}`;
  const step = unit * 1.4;
  const filters = [box(left - unit * 0.5, top - unit * 0.3, step * 6 + unit * 1.4, unit * 2.6, 'black')];
  for (let place = 0; place < 6; place++) {
    const x = left + place * step + (place >= 3 ? unit * 0.5 : 0);
    // Whole milliseconds; the half frame's tolerance keeps 1000 / fps from falling just below a digit.
    const digit = `mod(floor((n*1000/${p.fps}+0.001)/${10 ** (5 - place)}),10)`;
    SEGMENTS.forEach(([sx, sy, sw, sh], s) => {
      const lit = `mod(floor(${LIT[s] ?? 0}/pow(2,${digit})),2)`;
      filters.push(box(x + sx * unit, top + sy * unit, sw * unit, sh * unit, 'white', lit));
    });
  }
  filters.push(box(left + 3 * step, top + 1.75 * unit, unit * 0.25, unit * 0.25, 'white'));
  return filters;
}

/** A padel court (20 m x 10 m) from above: glass, mesh, service lines 6.95 m from the net, the net. */
function courtFilters(p: ClipParameters): string[] {
  const scale = Math.min((p.width * 0.9) / 20, (p.height * 0.62) / 10);
  const x0 = (p.width - 20 * scale) / 2;
  const y0 = p.height * 0.56 - 5 * scale;
  const line = Math.max(2, Math.round(scale * 0.08));
  const box = (x: number, y: number, w: number, h: number, colour: string, thick: string | number = 'fill'): string =>
    `drawbox=x=${Math.round(x0 + x * scale)}:y=${Math.round(y0 + y * scale)}` +
    `:w=${Math.max(line, Math.round(w * scale))}:h=${Math.max(line, Math.round(h * scale))}:c=${colour}:t=${thick}`;
  return [
    box(-0.3, -0.3, 20.6, 10.6, '0x8fb8c8', line * 2),
    box(4, -0.3, 12, 0.3, '0x50565c'),
    box(4, 10, 12, 0.3, '0x50565c'),
    box(0, 0, 20, 10, '0x2a6fb0'),
    box(0, 0, 20, 10, 'white', line),
    box(3.05, 0, 0, 10, 'white'),
    box(16.95, 0, 0, 10, 'white'),
    box(3.05, 5, 13.9, 0, 'white'),
    box(9.9, -0.1, 0.2, 10.2, '0x202428'),
    box(9.97, -0.1, 0, 10.2, '0xf0f0f0'),
  ];
}

/**
 * Everything FFmpeg needs to draw and code a clip, but for the output: the court is drawn once and repeated, noise, ball,
 * clock and bars for every frame. The ball's ways divide the clip's length, so that the loop is seamless.
 */
export function clipArguments(p: ClipParameters): string[] {
  const ball = Math.max(8, 2 * Math.round(p.height / 50));
  const period = (seconds: number): string => (p.seconds / Math.max(1, Math.round(p.seconds / seconds))).toFixed(6);
  const swing = (seconds: number): string => `abs(mod(t/${period(seconds)}*2\\,2)-1)`;
  const still = `trim=end_frame=1,loop=loop=-1:size=1:start=0,setpts=N/${p.fps}/TB`;
  const graph = [
    `color=c=0x30583c:s=${p.width}x${p.height}:r=${p.fps},format=yuv420p,${courtFilters(p).join(',')},${still},` +
      `noise=c0s=${noiseStrength(p)}:c0f=t[court]`,
    `color=c=0xd8f020:s=${ball}x${ball}:r=${p.fps},format=yuva420p,` +
      `geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*lte(hypot(X-${ball / 2}+0.5,Y-${ball / 2}+0.5),${ball / 2})',` +
      `${still}[ball]`,
    `[court][ball]overlay=x='W*0.1+W*0.78*${swing(2)}':y='H*0.3+H*0.5*${swing(1.4)}':eval=frame,` +
      `${[...clockFilters(p), ...timeBarFilters(p.width, p.height)].join(',')},` +
      `format=${p.codec === 'mjpeg' ? 'yuvj420p' : 'yuv420p'}[out]`,
  ].join(';');
  return [
    ...['-hide_banner', '-v', 'error', '-nostdin', '-filter_complex', graph, '-map', '[out]'],
    ...['-frames:v', String(p.fps * p.seconds), ...codecArguments(p)],
  ];
}

/** More bits a pixel, more noise: the rate control then stays off its limits. */
function noiseStrength(p: ClipParameters): number {
  const bitsPerPixel = p.bitrate / (p.width * p.height * p.fps);
  return Math.round(Math.min(30, Math.max(3, 3 + bitsPerPixel * 60)));
}

/** Tables K.1 and K.2 of ITU-T T.81, row by row. */
const K1 =
  '16,11,10,16,24,40,51,61,12,12,14,19,26,58,60,55,14,13,16,24,40,57,69,56,14,17,22,29,51,87,80,62,' +
  '18,22,37,56,68,109,103,77,24,35,55,64,81,104,113,92,49,64,78,87,103,121,120,101,72,92,95,98,112,100,103,99';
const K2 =
  '17,18,24,47,99,99,99,99,18,21,26,66,99,99,99,99,24,26,56,99,99,99,99,99,47,66,99,99,99,99,99,99' + ',99'.repeat(32);

function scaledTable(table: string): string {
  const scale = 200 - 2 * RTP_JPEG_QUALITY;
  return table
    .split(',')
    .map((entry) => Math.floor((Number(entry) * scale + 50) / 100))
    .join(',');
}

/** A scale of 8 leaves the matrices as they are. */
function rtpJpegArguments(restarts: boolean): string[] {
  return [
    ...['-c:v', 'mjpeg', '-huffman', 'default', '-q:v', '8', '-qmin', '8', '-qmax', '8'],
    ...['-intra_matrix', scaledTable(K1), '-chroma_intra_matrix', scaledTable(K2)],
    // FFmpeg writes restart markers where it codes rows at one time.
    ...(restarts ? ['-threads', '2', '-thread_type', 'slice'] : ['-threads', '1']),
  ];
}

function codecArguments(p: ClipParameters): string[] {
  const rate = String(p.bitrate);
  if (p.codec === 'mjpeg' && p.rtp !== null) return rtpJpegArguments(p.rtp === 'restarts');
  if (p.codec === 'mjpeg') return ['-c:v', 'mjpeg', '-b:v', rate, '-maxrate', rate, '-bufsize', rate];
  const gop = Math.round(p.fps * p.gopSeconds);
  if (p.codec === 'h265') {
    const x265 = [
      ...[`keyint=${gop}`, `min-keyint=${gop}`, 'scenecut=0', `open-gop=${p.openGop ? 1 : 0}`, `bframes=${p.bframes}`],
      ...['b-adapt=0', 'rc-lookahead=10', 'log-level=error'],
    ];
    return ['-c:v', 'libx265', '-preset', 'superfast', '-b:v', rate, '-x265-params', x265.join(':')];
  }
  const x264 = [
    ...[`keyint=${gop}`, `min-keyint=${gop}`, 'scenecut=0', 'open-gop=0', `bframes=${p.bframes}`, 'b-adapt=0'],
    ...[`slices=${p.slices}`, 'sliced-threads=0', 'rc-lookahead=10'],
  ];
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', p.profile, '-b:v', rate, '-maxrate', rate],
    ...['-bufsize', rate, '-x264-params', x264.join(':')],
  ];
}
