import { parse as parseSdp, SessionDescription } from 'sdp-transform';
import { TICKS_PER_SECOND } from '../../../media/access-unit';
import { H265_HEADER_BYTES } from '../../../media/h265/nal';
import { CameraError } from '../../camera-error';
import { SoundOffer, findSound } from './sound-track';

type Media = SessionDescription['media'][number];

/** What a track may send: H.264 (RFC 6184), H.265 (RFC 7798) or motion JPEG (RFC 2435). */
export type TrackCodec = 'h264' | 'h265' | 'jpeg';

/** The track of a session description that we read, and where to ask for it. */
export interface VideoTrack {
  readonly codec: TrackCodec;
  /** Request URIs to set the track up with: the usual reading of the SDP first, then the others. */
  readonly controls: readonly string[];
  /** Request URI for the whole session (PLAY, TEARDOWN). */
  readonly aggregate: string;
  readonly clockRate: number;
  /** To tell its packets from others on the channel; `null` where the media has only one payload type. */
  readonly payloadType: number | null;
  /** `sprop-parameter-sets` (RFC 6184 §8.1), or `sprop-vps`, `sprop-sps` and `sprop-pps` (RFC 7798 §7.1), decoded. */
  readonly parameterSets: readonly Buffer[];
  /** The picture's size in pixels where the SDP says it: RTP's own word ends at 2040 for JPEG. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** Static payload types (RFC 3551 §6) and SDP names of what cameras send and we do not read. */
const STATIC_TYPES: Readonly<Record<number, string>> = { 31: 'H261', 32: 'MPV', 33: 'MP2T', 34: 'H263' };
/** Of motion JPEG (RFC 3551 §5.2). */
const JPEG_TYPE = 26;
const CODEC_NAMES: Readonly<Record<string, string>> = {
  'MP4V-ES': 'MPEG-4',
  MPV: 'MPEG-2',
  MP2T: 'an MPEG transport stream',
  H263: 'H.263',
  'H263-1998': 'H.263',
  'H263-2000': 'H.263',
  VP8: 'VP8',
  VP9: 'VP9',
  AV1: 'AV1',
};

/**
 * Finds the track to read in a DESCRIBE's answer: H.264 where there is some, else H.265, else motion JPEG.
 * @param sdp the answer's body
 * @param base `Content-Base`, else `Content-Location`, else the request's URL
 * @throws CameraError `camera_unsupported`, naming the codec found and what to set on the camera
 */
export function findVideoTrack(sdp: string, base: string): VideoTrack {
  const description = parseDescription(sdp);
  const videos = description.media.filter((media) => media.type === 'video');
  if (videos.length === 0) {
    const message =
      description.media.length === 0
        ? 'The camera does not describe its stream.'
        : 'The camera sends no video at this path, only sound or data: use the path of its video stream.';
    throw new CameraError('camera_unsupported', message);
  }
  for (const [codec, payloadTypeOf] of READABLE) {
    for (const media of videos) {
      const payloadType = payloadTypeOf(media);
      if (payloadType !== null) {
        return trackOf(description, media, codec, payloadType, base);
      }
    }
  }
  const found = [...new Set(videos.flatMap(codecsOf))];
  throw new CameraError(
    'camera_unsupported',
    `The camera sends ${found.join(' and ') || 'an unknown video codec'}: set the video codec of this stream to H.264 in the camera's settings.`,
  );
}

/**
 * What a DESCRIBE's answer says of sound.
 * @param sdp the answer's body, in which {@link findVideoTrack} found pictures
 * @param base as there
 */
export function findSoundTrack(sdp: string, base: string): SoundOffer {
  return findSound(parseDescription(sdp).media, (media) => resolveControl(base, media.control));
}

/** sdp-transform makes numbers of what looks like one, against its types: `a=control:1` is a legal track. */
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function parseDescription(sdp: string): SessionDescription {
  try {
    return parseSdp(sdp);
  } catch (error) {
    throw new CameraError('camera_unsupported', "The camera's description of its stream cannot be read.", {
      cause: error,
    });
  }
}

function payloadTypes(media: Media): number[] {
  return text(media.payloads)
    .split(/\s+/)
    .filter((entry) => /^\d{1,3}$/.test(entry))
    .map(Number);
}

function h264PayloadType(media: Media): number | null {
  const named = media.rtp.find((entry) => text(entry.codec).toUpperCase() === 'H264');
  if (named !== undefined) {
    return named.payload;
  }
  // Without a=rtpmap only the format parameters tell.
  const parameters = media.fmtp.find((entry) => /sprop-parameter-sets|packetization-mode/i.test(text(entry.config)));
  return media.rtp.length === 0 && parameters !== undefined ? parameters.payload : null;
}

function h265PayloadType(media: Media): number | null {
  return media.rtp.find((entry) => /^(H265|HEVC)$/i.test(text(entry.codec)))?.payload ?? null;
}

function jpegPayloadType(media: Media): number | null {
  const named = media.rtp.find((entry) => text(entry.codec).toUpperCase() === 'JPEG');
  return named?.payload ?? (payloadTypes(media).includes(JPEG_TYPE) ? JPEG_TYPE : null);
}

/** What we read, what costs least first: browsers play H.264; H.265 goes into the file as it is, too. */
const READABLE: readonly (readonly [TrackCodec, (media: Media) => number | null])[] = [
  ['h264', h264PayloadType],
  ['h265', h265PayloadType],
  ['jpeg', jpegPayloadType],
];

function codecsOf(media: Media): string[] {
  const named = media.rtp.map((entry) => text(entry.codec).toUpperCase());
  const codecs = named.length > 0 ? named : payloadTypes(media).flatMap((type) => STATIC_TYPES[type] ?? []);
  return codecs.map((codec) => CODEC_NAMES[codec] ?? codec.replace(/[^\w.-]/g, '').slice(0, 20));
}

function trackOf(
  description: SessionDescription,
  media: Media,
  codec: TrackCodec,
  payloadType: number,
  base: string,
): VideoTrack {
  if (/SAVP/i.test(text(media.protocol))) {
    throw new CameraError(
      'camera_unsupported',
      'The camera encrypts its stream (SRTP): switch that off, or use rtsps.',
    );
  }
  const parameters = text(media.fmtp.find((entry) => entry.payload === payloadType)?.config);
  if (codec === 'h264' && /packetization-mode\s*=\s*2/i.test(parameters)) {
    throw new CameraError(
      'camera_unsupported',
      'The camera sends H.264 in interleaved packets (packetization mode 2): set it to mode 1, "non-interleaved".',
    );
  }
  if (codec === 'h265' && Number(/sprop-max-don-diff\s*=\s*(\d+)/i.exec(parameters)?.[1] ?? 0) > 0) {
    throw new CameraError(
      'camera_unsupported',
      "The camera sends H.265 in interleaved packets (sprop-max-don-diff): switch that off, or set the video codec of this stream to H.264 in the camera's settings.",
    );
  }
  const rate = media.rtp.find((entry) => entry.payload === payloadType)?.rate;
  const types = payloadTypes(media);
  return {
    codec,
    aggregate: resolveControl(base, description.control)[0] as string,
    controls: resolveControl(base, media.control),
    clockRate: typeof rate === 'number' && rate > 0 && rate <= 1e9 ? rate : TICKS_PER_SECOND,
    payloadType: types.length > 1 ? payloadType : null,
    parameterSets: SETS_OF[codec](parameters),
    size: announcedSize(media, payloadType),
  };
}

function h265ParameterSets(parameters: string): Buffer[] {
  return ['vps', 'sps', 'pps'].flatMap((name) => {
    const value = new RegExp(`sprop-${name}\\s*=\\s*"?([^;"\\s]+)`, 'i').exec(parameters)?.[1] ?? '';
    return value
      .split(',')
      .map((part) => Buffer.from(part, 'base64'))
      .filter((nal) => nal.length > H265_HEADER_BYTES);
  });
}

/** The parameter sets that a track's format parameters hold. */
const SETS_OF: Readonly<Record<TrackCodec, (parameters: string) => Buffer[]>> = {
  h264: spropParameterSets,
  h265: h265ParameterSets,
  jpeg: () => [],
};

/** `a=x-dimensions:1920,1080`, or `a=framesize:26 1920-1080` (3GPP TS 26.234 §5.3.3.2), as cameras have them. */
function announcedSize(media: Media, payloadType: number): VideoTrack['size'] {
  const lines = (media.invalid ?? []).map(({ value }) => text(value));
  const found = lines
    .map(
      (line) =>
        /^x-dimensions:\s*(\d{1,5})\s*,\s*(\d{1,5})/i.exec(line) ??
        new RegExp(`^framesize:\\s*${payloadType}\\s+(\\d{1,5})-(\\d{1,5})`, 'i').exec(line),
    )
    .find((match) => match !== null);
  const [width, height] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  return width > 0 && height > 0 ? { width, height } : null;
}

function spropParameterSets(parameters: string): Buffer[] {
  const value = /sprop-parameter-sets\s*=\s*"?([^;"\s]+)/i.exec(parameters)?.[1] ?? '';
  return value
    .split(',')
    .map((part) => Buffer.from(part, 'base64'))
    .filter((nal) => [7, 8].includes((nal[0] ?? 0) & 0x1f) && nal.length > 1);
}

/**
 * What a control attribute means (RFC 2326 §C.1.1). An absolute URL is only ever a request URI: it is never dialled,
 * wherever it points. A relative one is, against RFC 1808 and by every camera's custom, put behind the base and a slash;
 * the RFC's reading comes second.
 */
export function resolveControl(base: string, control: unknown): string[] {
  const value = text(control).trim();
  const clean = withoutCredentials(base);
  if (value === '' || value === '*') {
    return [clean];
  }
  if (/^rtsps?:\/\//i.test(value)) {
    return [withoutCredentials(value)];
  }
  const appended = `${clean.replace(/\/$/, '')}/${value.replace(/^\//, '')}`;
  const root = /^rtsps?:\/\/[^/]*/i.exec(clean)?.[0] ?? '';
  const folder = clean.replace(/\?.*$/, '').replace(/^(.{9,}\/)[^/]*$/, '$1');
  const byRfc = value.startsWith('/') ? `${root}${value}` : `${folder.replace(/\/?$/, '/')}${value}`;
  const path = clean.slice(root.length).replace(/\/$/, '');
  const rooted = value.startsWith('/') && path !== '' && value.startsWith(path);
  return [...new Set(rooted ? [byRfc, appended] : [appended, byRfc])];
}

function withoutCredentials(uri: string): string {
  return uri.replace(/^(rtsps?:\/\/)[^/]*@/i, '$1');
}
