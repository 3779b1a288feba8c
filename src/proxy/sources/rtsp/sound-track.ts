import { SessionDescription } from 'sdp-transform';
import { AAC_FRAME_SAMPLES, SoundFormat, parseAacConfig } from '../../../media/sound/sound-format';

type Media = SessionDescription['media'][number];

/** How access units lie in a packet (RFC 3640 §3.2.1): bits of each field of their headers. */
export interface AacLayout {
  readonly sizeBits: number;
  readonly indexBits: number;
  readonly indexDeltaBits: number;
}

/** The sound of a session description that we read, and where to ask for it. */
export interface SoundTrack {
  readonly format: SoundFormat;
  /** `null` for G.711. */
  readonly layout: AacLayout | null;
  /** Request URIs to set it up with, the usual reading first. */
  readonly controls: readonly string[];
  readonly clockRate: number;
  /** To tell its packets from others on the channel; `null` where the media has only one payload type. */
  readonly payloadType: number | null;
}

/** What a session description says of sound. `none`: there is none; `unsupported`: some of a kind that is not read. */
export type SoundOffer =
  | { readonly kind: 'none' }
  | { readonly kind: 'unsupported'; readonly codec: string }
  | { readonly kind: 'track'; readonly track: SoundTrack };

/** Static payload types (RFC 3551 §6) of G.711, and their clock. */
const STATIC: Readonly<Record<number, string>> = { 0: 'PCMU', 8: 'PCMA' };
const G711_RATE = 8_000;
/** What a camera with a better microphone may send of it. */
const G711_RATES = new Set([G711_RATE, 16_000]);
/** What a field of an access unit's header can be. */
const MOST_BITS = 16;
/** Names that our words use, where they differ from the SDP's. */
const NAMES: Readonly<Record<string, string>> = { PCMU: 'G.711 µ-law', PCMA: 'G.711 A-law', 'MPEG4-GENERIC': 'AAC' };

/**
 * Finds the sound to read in a DESCRIBE's answer: the first of a kind that we read.
 * @param controlsOf request URIs of a media's track
 */
export function findSound(medias: readonly Media[], controlsOf: (media: Media) => readonly string[]): SoundOffer {
  const sounds = medias.filter((media) => media.type === 'audio');
  let unread: string | null = null;
  for (const media of sounds) {
    for (const { payload, codec, rate, channels } of codecsOf(media)) {
      const kind = formatOf(media, payload, codec, rate, channels);
      if (kind === null || /SAVP/i.test(`${media.protocol}`)) {
        unread ??= NAMES[codec] ?? codec.replace(/[^\w.-]/g, '').slice(0, 20);
        continue;
      }
      const payloadType = `${media.payloads ?? ''}`.trim().includes(' ') ? payload : null;
      return { kind: 'track', track: { ...kind, controls: controlsOf(media), payloadType } };
    }
  }
  if (sounds.length === 0) return { kind: 'none' };
  return { kind: 'unsupported', codec: unread ?? '' };
}

interface Codec {
  readonly payload: number;
  readonly codec: string;
  readonly rate: number;
  readonly channels: number;
}

function codecsOf(media: Media): Codec[] {
  const types = `${media.payloads ?? ''}`.split(/\s+/).filter((entry) => /^\d{1,3}$/.test(entry));
  return types.map(Number).map((payload) => {
    const named = media.rtp.find((entry) => entry.payload === payload);
    const codec = `${named?.codec ?? STATIC[payload] ?? ''}`.toUpperCase();
    return { payload, codec, rate: Number(named?.rate ?? G711_RATE), channels: Number(named?.encoding ?? 1) };
  });
}

function formatOf(
  media: Media,
  payload: number,
  codec: string,
  rate: number,
  channels: number,
): Pick<SoundTrack, 'format' | 'layout' | 'clockRate'> | null {
  if (!Number.isInteger(rate) || rate < G711_RATE || rate > 192_000) return null;
  if (codec === 'PCMA' || codec === 'PCMU') {
    if (channels !== 1 || !G711_RATES.has(rate)) return null;
    return { format: { kind: codec === 'PCMA' ? 'alaw' : 'mulaw', rate }, layout: null, clockRate: rate };
  }
  if (codec !== 'MPEG4-GENERIC') return null;
  const parameters = `${media.fmtp.find((entry) => entry.payload === payload)?.config ?? ''}`;
  const config = parseAacConfig(
    Buffer.from(/(?:^|[;\s])config\s*=\s*"?([0-9a-f]+)/i.exec(parameters)?.[1] ?? '', 'hex'),
  );
  const layout = layoutOf(parameters);
  return config && layout ? { format: { kind: 'aac', ...config }, layout, clockRate: rate } : null;
}

/** @returns `null` where headers have fields that AAC needs none of (time stamps, random access, streams' state) */
function layoutOf(parameters: string): AacLayout | null {
  const number = (name: string): number =>
    Number(new RegExp(`(?:^|[;\\s])${name}\\s*=\\s*"?(\\d{1,9})`, 'i').exec(parameters)?.[1] ?? 0);
  const odd = [
    'CTSDeltaLength',
    'DTSDeltaLength',
    'randomAccessIndication',
    'streamStateIndication',
    'auxiliaryDataSizeLength',
  ];
  if (odd.some((name) => number(name) > 0)) return null;
  const duration = number('constantDuration');
  const layout = {
    sizeBits: number('sizelength'),
    indexBits: number('indexlength'),
    indexDeltaBits: number('indexdeltalength'),
  };
  const fits = layout.sizeBits > 0 && Object.values(layout).every((bits) => bits <= MOST_BITS);
  return fits && (duration === 0 || duration === AAC_FRAME_SAMPLES) ? layout : null;
}
