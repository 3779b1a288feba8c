import { randomInt } from 'node:crypto';
import { CameraServer, CameraServerOptions } from './camera-server';
import { Clip, H264Clip } from './clips';
import { withDefaults } from './defaults';
import { fakeSps } from './fake-sps';
import { PlayedFrame } from './playback';
import { DEFAULT_BEHAVIOUR, RtspBehaviour } from './rtsp-behaviour';
import { RtspSender } from './rtsp-client-session';
import { RtspConnection, RtspHost } from './rtsp-connection';
import { announce, Announcement, formatParameters } from './rtsp-sdp';
import { Wire } from './wire';

export interface RtspCameraOptions extends CameraServerOptions, Partial<RtspBehaviour> {
  readonly clip: H264Clip;
}

/**
 * An IP camera: RTSP 1.0 (RFC 2326) over TCP with interleaved RTP (RFC 3550, RFC 6184), playing a clip in real time.
 * How it behaves is set at construction or by {@link RtspCamera.set} at any moment.
 */
export class RtspCamera extends CameraServer {
  readonly behaviour: RtspBehaviour;
  /** Synchronisation source of the video, the same for all clients. */
  readonly ssrc = randomInt(1, 2 ** 32);
  private readonly clients = new Set<RtspConnection>();
  private gop: PlayedFrame[] = [];
  private jumpedTicks = 0;

  constructor(options: RtspCameraOptions) {
    super('rtsp', options, '/live/court');
    this.behaviour = withDefaults(DEFAULT_BEHAVIOUR, options);
  }

  /** Changes behaviour from now on. */
  set(changes: Partial<RtspBehaviour>): void {
    Object.assign(this.behaviour, changes);
  }

  /** Time stamps jump by so many milliseconds (back: negative) from the next picture on; sender reports follow. */
  jumpTimestamps(ms: number): void {
    this.jumpedTicks += ms * 90;
  }

  /** The next packets of this number are lost to every client. */
  losePackets(count: number): void {
    for (const client of this.clients) client.sender.lose(count);
  }

  /** Digest: the nonce in use is stale from now on. */
  rotateNonce(): void {
    this.authenticator.rotateNonce();
  }

  protected serve(wire: Wire, busy: boolean): void {
    const client = new RtspConnection(wire, this.host(), busy);
    this.clients.add(client);
    wire.socket.on('close', () => this.clients.delete(client));
  }

  protected push(frame: PlayedFrame): number {
    if (frame.keyframe) this.gop = [];
    this.gop.push(frame);
    let clients = 0;
    for (const client of this.clients) if (client.sender.push(frame, frame.clip as H264Clip)) clients++;
    return clients;
  }

  protected waitForKeyframe(): void {
    for (const client of this.clients) client.sender.waitingForKeyframe = true;
  }

  private rtpTime(ticks: number): number {
    const rounded = Math.round(this.behaviour.timestampStart + ticks + this.jumpedTicks);
    return ((rounded % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }

  private setsOf(clip: H264Clip): readonly Buffer[] {
    const { claimedSize } = this.behaviour;
    return [claimedSize === null ? clip.sps : fakeSps(claimedSize, claimedSize), clip.pps];
  }

  private announcement(): Announcement {
    const { controls, announced, parameterSets, editSdp } = this.behaviour;
    const clip: Clip = this.playback.clip;
    if (clip.codec !== 'h264') throw new Error('an RTSP camera plays H.264');
    const sets = this.setsOf(clip);
    const format = formatParameters(sets[0] ?? clip.sps, parameterSets === 'band' ? [] : sets);
    const announcement = announce(this.urlWithoutCredentials, controls, announced, clip.fps, format);
    return { ...announcement, sdp: editSdp(announcement.sdp) };
  }

  private host(): RtspHost {
    return {
      behaviour: this.behaviour,
      ssrc: this.ssrc,
      authenticator: this.authenticator,
      streamUrl: this.urlWithoutCredentials,
      bandSets: (clip) => (this.behaviour.parameterSets === 'sdp' ? [] : this.setsOf(clip)),
      rtpTime: (ticks) => this.rtpTime(ticks),
      overrun: (id) => this.emit('overrun', { id }),
      announcement: () => this.announcement(),
      lastGop: () => this.gop,
      upcoming: (keyframe) => this.playback.upcoming(keyframe),
      deliver: (sender: RtspSender, frame) => void sender.push(frame, frame.clip as H264Clip),
      note: (event, id) => this.emit(event, { id }),
      noteRequest: (id, { method, uri, headers }) => this.emit('request', { id, method, uri, headers: { ...headers } }),
    };
  }
}
