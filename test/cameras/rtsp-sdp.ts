import { H265Clip } from './clips';
import { Announced, ControlForm } from './rtsp-behaviour';
import { H265_PAYLOAD_TYPE, JPEG_PAYLOAD_TYPE, VIDEO_PAYLOAD_TYPE } from './rtp-packets';

/** One medium of the SDP and the URL it is set up under. */
export interface AnnouncedTrack {
  readonly kind: 'video' | 'audio';
  readonly url: string;
  /** Value of `a=control`, `null` where there is none. */
  readonly control: string | null;
  readonly lines: readonly string[];
}

export interface Announcement {
  readonly sdp: string;
  readonly tracks: readonly AnnouncedTrack[];
  /** URL that PLAY, GET_PARAMETER and TEARDOWN go to. */
  readonly aggregate: string;
  /** `null`: no Content-Base header. */
  readonly contentBase: string | null;
}

const H265_SETS =
  'sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwBdlZgJ; sprop-sps=QgEBAWAAAAMAkAAAAwAAAwBdoAKAgC0WWVmkkyvTcBAQAAADABAAAAMBkIA=; ' +
  'sprop-pps=RAHBcrRiQA==';

/** Of each kind of sound. */
export const AUDIO_PAYLOAD_TYPES = { aac: 97, pcma: 8, pcmu: 0, opus: 111 } as const;
type AudioCodec = keyof typeof AUDIO_PAYLOAD_TYPES;

const AUDIO_LINES: Readonly<Record<AudioCodec, readonly string[]>> = {
  aac: [
    'm=audio 0 RTP/AVP 97',
    'a=rtpmap:97 MPEG4-GENERIC/16000/1',
    'a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408',
  ],
  // A static payload type says it all.
  pcma: ['m=audio 0 RTP/AVP 8'],
  pcmu: ['m=audio 0 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000'],
  opus: ['m=audio 0 RTP/AVP 111', 'a=rtpmap:111 opus/48000/2'],
};

function isAudio(kind: string): kind is AudioCodec {
  return kind in AUDIO_LINES;
}

function mediaLines(track: string, fps: number, format: string): string[] {
  switch (track) {
    case 'h264':
      return [
        `m=video 0 RTP/AVP ${VIDEO_PAYLOAD_TYPE}`,
        'c=IN IP4 0.0.0.0',
        `a=rtpmap:${VIDEO_PAYLOAD_TYPE} H264/90000`,
        `a=fmtp:${VIDEO_PAYLOAD_TYPE} ${format}`,
        `a=framerate:${fps}`,
      ];
    case 'h265':
      return [
        `m=video 0 RTP/AVP ${H265_PAYLOAD_TYPE}`,
        `a=rtpmap:${H265_PAYLOAD_TYPE} H265/90000`,
        ...(format === '' ? [] : [`a=fmtp:${H265_PAYLOAD_TYPE} ${format.startsWith('sprop') ? format : H265_SETS}`]),
      ];
    case 'jpeg':
      // The format's lines of motion JPEG are attributes of their own.
      return [
        `m=video 0 RTP/AVP ${JPEG_PAYLOAD_TYPE}`,
        `a=rtpmap:${JPEG_PAYLOAD_TYPE} JPEG/90000`,
        `a=framerate:${fps}`,
        ...(format.startsWith('a=') ? [format] : []),
      ];
    case 'mpeg4':
      return ['m=video 0 RTP/AVP 99', 'a=rtpmap:99 MP4V-ES/90000', 'a=fmtp:99 profile-level-id=1'];
    default:
      return isAudio(track) ? [...AUDIO_LINES[track]] : [];
  }
}

/** Format parameters of RFC 7798 §7.1. */
export function h265FormatParameters({ vps, sps, pps }: Pick<H265Clip, 'vps' | 'sps' | 'pps'>): string {
  const [v, s, p] = [vps, sps, pps].map((set) => set.toString('base64'));
  return `sprop-vps=${v}; sprop-sps=${s}; sprop-pps=${p}`;
}

/** Format parameters of RFC 6184 §8.1; `sets` only where the camera announces them. */
export function formatParameters(sps: Buffer, sets: readonly Buffer[]): string {
  const profile = sps.subarray(1, 4).toString('hex').toUpperCase();
  const sprop = sets.length === 0 ? '' : `;sprop-parameter-sets=${sets.map((set) => set.toString('base64')).join(',')}`;
  return `packetization-mode=1;profile-level-id=${profile}${sprop}`;
}

/**
 * Writes the SDP of a camera.
 * @param url the stream's URL without credentials
 */
export function announce(
  url: string,
  form: ControlForm,
  announced: Announced,
  fps: number,
  format: string,
): Announcement {
  const base = `${url}/`;
  const aggregate = form === 'aggregate' ? `${url}/aggregate` : url;
  const kinds = announced.split('+').map((kind) => (kind === 'audio' ? 'aac' : kind));
  const tracks = kinds.map((kind, i): AnnouncedTrack => {
    const name = `trackID=${i + 1}`;
    const trackUrl = form === 'missing' && kinds.length === 1 ? url : `${base}${name}`;
    const control = { missing: null, absolute: trackUrl, aggregate: trackUrl }[form as string];
    return {
      kind: isAudio(kind) ? 'audio' : 'video',
      url: trackUrl,
      control: control === undefined ? name : control,
      lines: mediaLines(kind, fps, format),
    };
  });
  const sessionControl = { missing: null, absolute: url, aggregate }[form as string];
  const lines = [
    'v=0',
    'o=- 1188340656180883 1 IN IP4 127.0.0.1',
    's=Padel court',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    ...(sessionControl === null ? [] : [`a=control:${sessionControl ?? '*'}`]),
    'a=range:npt=now-',
    ...tracks.flatMap((track) => [...track.lines, ...(track.control === null ? [] : [`a=control:${track.control}`])]),
  ];
  return {
    sdp: `${lines.join('\r\n')}\r\n`,
    tracks,
    aggregate,
    contentBase: form === 'relative' || form === 'absolute' ? base : null,
  };
}
