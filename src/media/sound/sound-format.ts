/** Samples a frame of AAC holds (ISO/IEC 14496-3 §4.5.1.1, `frameLengthFlag` 0). */
export const AAC_FRAME_SAMPLES = 1024;
/** What the length field of an ADTS frame, and the size of an access unit in RTP, can say at the most (13 bits). */
export const MAX_AAC_FRAME_BYTES = 8191;

/** AAC-LC as it stands in a file. */
export interface AacConfig {
  /** Samples a second. */
  readonly rate: number;
  /** 1 or 2. */
  readonly channels: number;
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), two bytes. */
  readonly config: Buffer;
}

/** What a camera sends: AAC goes into the file as it is, G.711 (8 bits a sample, logarithmic) is encoded. */
export type SoundFormat =
  ({ readonly kind: 'aac' } & AacConfig) | { readonly kind: 'alaw' | 'mulaw'; readonly rate: number };

/** A piece of a camera's sound on the session's timeline: one frame of AAC, or some samples of G.711. */
export interface SoundUnit {
  readonly data: Buffer;
  /** Session time of its first sample in ticks of 1/90000 s. */
  readonly ticks: number;
}

/** By index (ISO/IEC 14496-3 table 1.18). Below 8 and above 48 kHz no camera sends, and few players play. */
const RATES = [0, 0, 0, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000] as const;
const AAC_LC = 2;

/** @throws RangeError for a rate that has no index, or more than two channels */
export function aacConfig(rate: number, channels: number): AacConfig {
  const index = RATES.findIndex((known) => known === rate);
  if (index < 0 || rate === 0 || channels < 1 || channels > 2)
    throw new RangeError(`AAC of ${rate} Hz, ${channels} channels`);
  const bits = (AAC_LC << 11) | (index << 7) | (channels << 3);
  return { rate, channels, config: Buffer.from([bits >> 8, bits & 0xff]) };
}

/**
 * Reads an AudioSpecificConfig.
 * @returns `null` for anything but AAC-LC of one or two channels, 8 to 48 kHz, 1024 samples a frame
 */
export function parseAacConfig(bytes: Buffer): AacConfig | null {
  if (bytes.length < 2) return null;
  const bits = bytes.readUInt16BE(0);
  const rate = RATES[(bits >> 7) & 0x0f] ?? 0;
  const channels = (bits >> 3) & 0x0f;
  // The last three bits: frames of 960 samples, a core coder, an extension.
  if (bits >> 11 !== AAC_LC || rate === 0 || channels < 1 || channels > 2 || (bits & 7) !== 0) return null;
  return aacConfig(rate, channels);
}

/** Whether two are the same to a decoder. */
export function sameAac(left: AacConfig, right: AacConfig): boolean {
  return left.config.equals(right.config);
}

/** One frame of nothing for each number of channels, the shortest there is: no spectrum, one section of zeros. */
const SILENCE: readonly Buffer[] = [Buffer.from('00c800802380', 'hex'), Buffer.from('210049900219002380', 'hex')];

/** A frame of silence; shared, nobody may write into it. */
export function silentFrame({ channels }: AacConfig): Buffer {
  return SILENCE[channels - 1] as Buffer;
}
