import { H264Config, H265Config } from '../access-unit';
import { Av1Configuration } from '../av1/av1-configuration';
import { hevcConfiguration } from '../h265/hevc-configuration';
import { box, fullBox, text, u16, u32, u8 } from './box-writer';
import { AacConfig } from '../sound/sound-format';
import { movieBox } from './movie-box';
import { SOUND_TREX, soundTrakOfInit } from './sound-track';
import { readChromaFormat } from './sps-chroma';

type Needed = 'kind' | 'sps' | 'pps' | 'width' | 'height';
/** What an init needs of a configuration. */
export type TrackConfig =
  | Pick<H264Config, Needed>
  | Pick<H265Config, Needed | 'vps'>
  | Pick<Av1Configuration, 'kind' | 'width' | 'height' | 'record'>;

/** Options of {@link buildInitSegment}. */
export interface InitOptions {
  /** Width to height of one sample where pixels are not square (`pasp`). */
  readonly pixelAspect?: { readonly horizontal: number; readonly vertical: number };
  /** A second track, of sound. */
  readonly sound?: AacConfig | null;
}

const FTYP = {
  h264: box('ftyp', text('isom'), u32(0x200), text('isomiso2iso6avc1mp41mp42')),
  h265: box('ftyp', text('isom'), u32(0x200), text('isomiso2iso6hvc1mp41mp42')),
  av1: box('ftyp', text('isom'), u32(0x200), text('isomiso2iso6av01mp41mp42')),
} as const;
const SAMPLE_ENTRIES = { h264: 'avc1', h265: 'hvc1', av1: 'av01' } as const;
const EMPTY_TABLES = [
  fullBox('stts', 0, 0, u32(0)),
  fullBox('stsc', 0, 0, u32(0)),
  fullBox('stsz', 0, 0, u32(0, 0)),
  fullBox('stco', 0, 0, u32(0)),
];
/** Track 1, first sample description; every fragment states duration, size and flags of each sample itself. */
const TREX = fullBox('trex', 0, 0, u32(1, 1, 0, 0, 0));
const MVEX = box('mvex', TREX);
const MVEX_WITH_SOUND = box('mvex', TREX, SOUND_TREX);
/** Profiles whose `avcC` ends at the parameter sets (ISO/IEC 14496-15 §5.3.3.1.2): Baseline, Main, Extended. */
const PLAIN_PROFILES = new Set([66, 77, 88]);

/**
 * `ftyp` + `moov` of a fragmented MP4 with one track of H.264, H.265 or AV1, timescale 90000, and perhaps one of sound: what Media Source Extensions, HLS
 * (`EXT-X-MAP`) and FFmpeg want before the first fragment. The same configuration gives the same bytes.
 * @throws RangeError where the parameter sets cannot be written into an `avcC` or `hvcC` (none, too many, too long).
 */
export function buildInitSegment(config: TrackConfig, options: InitOptions = {}): Buffer {
  const timing = { mediaDuration: 0, presentationDuration: 0, mediaStart: 0 };
  const picture = { width: config.width, height: config.height, stsd: sampleDescription(config, options) };
  const { sound } = options;
  const extras = sound
    ? { sound: soundTrakOfInit(sound, EMPTY_TABLES), extension: MVEX_WITH_SOUND }
    : { extension: MVEX };
  return Buffer.concat([FTYP[config.kind], movieBox(picture, timing, EMPTY_TABLES, extras)]);
}

function sampleDescription(config: TrackConfig, options: InitOptions): Buffer {
  const name = Buffer.alloc(32);
  const parts = [
    Buffer.alloc(6),
    u16(1), // data reference
    Buffer.alloc(16),
    u16(config.width, config.height),
    u32(0x00480000, 0x00480000, 0), // 72 dpi
    u16(1), // one frame a sample
    name,
    u16(24, 0xffff),
    configurationBox(config),
  ];
  const aspect = options.pixelAspect;
  if (aspect) parts.push(box('pasp', u32(aspect.horizontal, aspect.vertical)));
  return fullBox('stsd', 0, 0, u32(1), box(SAMPLE_ENTRIES[config.kind], ...parts));
}

function configurationBox(config: TrackConfig): Buffer {
  if (config.kind === 'av1') return box('av1C', config.record);
  return config.kind === 'h265' ? box('hvcC', hevcConfiguration(config)) : box('avcC', decoderConfiguration(config));
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1.2), NAL lengths of 4 bytes. */
export function decoderConfiguration({ sps, pps }: Pick<H264Config, 'sps' | 'pps'>): Buffer {
  const first = sps[0];
  if (!first || first.length < 4 || pps.length === 0) throw new RangeError('an avcC needs an SPS and a PPS');
  if (sps.length > 31 || pps.length > 255) throw new RangeError('too many parameter sets for an avcC');
  const profile = first.readUInt8(1);
  const parts = [u8(1, profile, first.readUInt8(2), first.readUInt8(3), 0xff, 0xe0 | sps.length)];
  for (const set of sps) parts.push(u16(set.length), set);
  parts.push(u8(pps.length));
  for (const set of pps) parts.push(u16(set.length), set);
  if (!PLAIN_PROFILES.has(profile)) {
    const { chromaFormat, lumaBits, chromaBits } = readChromaFormat(first);
    parts.push(u8(0xfc | chromaFormat, 0xf8 | (lumaBits - 8), 0xf8 | (chromaBits - 8), 0));
  }
  return Buffer.concat(parts);
}
