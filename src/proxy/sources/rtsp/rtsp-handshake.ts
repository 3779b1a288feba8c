import { bareHost, defaultPort } from '../../camera-url';
import { CameraError } from '../../camera-error';
import { CameraTarget } from '../stream-source';
import { RtspConnection } from './rtsp-connection';
import { header, parseSession, parseTransport, RtspResponse } from './rtsp-message';
import { findSoundTrack, findVideoTrack, VideoTrack } from './rtsp-sdp';
import { statusError } from './rtsp-status';
import { SoundOffer, SoundTrack } from './sound-track';
import { VideoReader } from './video-reader';

/** Statuses of SETUP after which another reading of the control URL may be the right one. */
const TRY_NEXT_CONTROL = new Set([400, 404, 455, 459, 460]);
/** The camera wants PLAY for the track instead of the session, or the other way round (RFC 2326 §11.3). */
const OTHER_AGGREGATION = new Set([459, 460]);

/** What SETUP agreed on. */
export interface RtspSetup {
  readonly rtpChannel: number;
  readonly rtcpChannel: number;
  /** Request URI that took SETUP. */
  readonly control: string;
  /** Seconds the session lives without a sign from us. */
  readonly timeoutSeconds: number;
}

/** The request URI of a target: as in the camera's URL, without credentials. */
export function requestUri(target: CameraTarget): string {
  const port = target.port === defaultPort(target.scheme) ? '' : `:${target.port}`;
  const host = target.host.includes(':') ? `[${bareHost(target.host)}]` : target.host;
  return `${target.scheme}://${host}${port}${target.path}`;
}

/**
 * Asks what the camera understands.
 * @returns the method that keeps a session alive. A camera that refuses OPTIONS is asked no further: DESCRIBE will tell.
 * @throws CameraError `camera_unauthorized`, `camera_redirected`, `camera_timeout`, …
 */
export async function askOptions(connection: RtspConnection, uri: string): Promise<'GET_PARAMETER' | 'OPTIONS'> {
  const response = await connection.request('OPTIONS', uri);
  if (response.status >= 300 && response.status < 400) {
    throw statusError(response.status, 'OPTIONS');
  }
  const methods = (response.headers.get('public') ?? []).join(',').toUpperCase();
  return /\bGET_PARAMETER\b/.test(methods) ? 'GET_PARAMETER' : 'OPTIONS';
}

/** What the camera says it has. `sound` is `null` where nobody asked. */
export interface Described {
  readonly track: VideoTrack;
  readonly sound: SoundOffer | null;
}

/** DESCRIBE. @throws CameraError */
export async function describe(connection: RtspConnection, uri: string, wantsSound: boolean): Promise<Described> {
  const response = demand(await connection.request('DESCRIBE', uri, { Accept: 'application/sdp' }), 'DESCRIBE');
  const base = [header(response, 'content-base'), header(response, 'content-location')].find((value) =>
    /^rtsps?:\/\//i.test(value ?? ''),
  );
  const track = findVideoTrack(response.body, base ?? uri);
  return { track, sound: wantsSound ? findSoundTrack(response.body, base ?? uri) : null };
}

/** SETUP of the video track, interleaved into this connection; the session's id goes to the connection. @throws CameraError */
export async function setup(connection: RtspConnection, track: VideoTrack): Promise<RtspSetup> {
  const { control, response } = await requestSetup(connection, track.controls, 0);
  const answer = demand(response, 'SETUP');
  const session = parseSession(header(answer, 'session') ?? '');
  connection.sessionId = session.id === '' ? null : session.id;
  const transport = header(answer, 'transport');
  const channels = transport === null ? { rtp: 0, rtcp: 1 } : parseTransport(transport);
  if (channels === null) {
    throw statusError(461, 'SETUP');
  }
  return { rtpChannel: channels.rtp, rtcpChannel: channels.rtcp, control, timeoutSeconds: session.timeoutSeconds };
}

/**
 * SETUP of the sound, behind that of the pictures and into the same connection.
 * @returns `null` where the camera will not send it so
 * @throws CameraError where the connection ended by it
 */
export async function setupSound(
  connection: RtspConnection,
  track: SoundTrack,
  video: RtspSetup,
): Promise<Omit<RtspSetup, 'timeoutSeconds'> | null> {
  const taken = [video.rtpChannel, video.rtcpChannel];
  const wish = Math.min(Math.max(...taken) + 1, 254);
  try {
    const { control, response } = await requestSetup(connection, track.controls, wish);
    if (response.status < 200 || response.status >= 300) {
      return null;
    }
    const transport = header(response, 'transport');
    const channels = transport === null ? { rtp: wish, rtcp: wish + 1 } : parseTransport(transport);
    // On the channel of the pictures nobody could tell them apart.
    if (channels === null || taken.includes(channels.rtp) || taken.includes(channels.rtcp)) {
      return null;
    }
    return { rtpChannel: channels.rtp, rtcpChannel: channels.rtcp, control };
  } catch (error) {
    if (error instanceof CameraError && connection.isOpen) {
      return null;
    }
    throw error;
  }
}

/** PLAY of the sound alone, for a camera that will have it track by track. What it answers changes nothing for the pictures. */
export async function playSound(connection: RtspConnection, control: string): Promise<void> {
  await connection.request('PLAY', control, { Range: 'npt=0.000-' }).catch((error: unknown) => {
    if (!(error instanceof CameraError && connection.isOpen)) {
      throw error;
    }
  });
}

/** Asks under one reading of the control URL after the other. */
async function requestSetup(
  connection: RtspConnection,
  controls: readonly string[],
  channel: number,
): Promise<{ control: string; response: RtspResponse }> {
  for (let i = 0; ; i++) {
    const control = controls[i] as string;
    const transport = `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
    const response = await connection.request('SETUP', control, { Transport: transport });
    if (!TRY_NEXT_CONTROL.has(response.status) || i + 1 >= controls.length) {
      return { control, response };
    }
  }
}

/**
 * PLAY, for the session or, where the camera insists, for the track.
 * @returns the request URI that took it
 * @throws CameraError
 */
export async function play(connection: RtspConnection, track: VideoTrack, agreed: RtspSetup): Promise<string> {
  const headers = { Range: 'npt=0.000-' };
  let uri = track.aggregate;
  let response = await connection.request('PLAY', uri, headers);
  if (OTHER_AGGREGATION.has(response.status) && agreed.control !== uri) {
    uri = agreed.control;
    response = await connection.request('PLAY', uri, headers);
  }
  demand(response, 'PLAY');
  return uri;
}

function demand(response: RtspResponse, method: string): RtspResponse {
  if (response.status >= 200 && response.status < 300) {
    return response;
  }
  throw statusError(response.status, method);
}

/**
 * A camera that took PLAY but shows nothing.
 * @param reader of what it sends, `null` where it sends nothing at all
 */
export function noPictures(reader: VideoReader | null): CameraError {
  return reader === null
    ? new CameraError('camera_timeout', 'The camera accepted the connection but sends no video.')
    : new CameraError('camera_unsupported', reader.unusable);
}
