import { randomInt } from 'node:crypto';
import { CameraServer, CameraServerOptions } from './camera-server';
import { Clip, H264Clip } from './clips';
import { withDefaults } from './defaults';
import { fakeSps } from './fake-sps';
import { monotonic } from './pacer';
import { PlayedFrame } from './playback';
import { DEFAULT_BEHAVIOUR, RtspBehaviour } from './rtsp-behaviour';
import { JPEG_PAYLOAD_TYPE } from './rtp-packets';
import { RtspSender } from './rtsp-client-session';
import { RtspConnection, RtspHost } from './rtsp-connection';
import { announce, Announcement, formatParameters, h265FormatParameters } from './rtsp-sdp';
import { PlayedSound, SoundPlayer } from './sound-player';
import { SoundClip } from './sounds';
import { Wire } from './wire';

export interface RtspCameraOptions extends CameraServerOptions, Partial<RtspBehaviour> {
  readonly clip: Clip;
  /** What it hears; it has to be announced, too. */
  readonly sound?: SoundClip;
}

/**
 * An IP camera: RTSP 1.0 (RFC 2326) over TCP with interleaved RTP (RFC 3550), playing a clip of H.264 (RFC 6184),
 * H.265 (RFC 7798) or motion JPEG (RFC 2435) in real time, and AAC (RFC 3640) or G.711 (RFC 3551) where it hears something.
 * How it behaves is set at construction or by {@link RtspCamera.set} at any moment.
 */
export class RtspCamera extends CameraServer {
  readonly behaviour: RtspBehaviour;
  /** Synchronisation source of the video, the same for all clients. */
  readonly ssrc = randomInt(1, 2 ** 32);
  private readonly clients = new Set<RtspConnection>();
  private gop: PlayedFrame[] = [];
  private jumpedTicks = 0;
  /** Ticks from the camera's start to its first picture. */
  private readonly soundPlayer: SoundPlayer | null;

  constructor(options: RtspCameraOptions) {
    super('rtsp', options, '/live/court');
    const announced = options.clip.codec === 'mjpeg' ? 'jpeg' : options.clip.codec;
    const { sound } = options;
    this.soundPlayer = sound ? new SoundPlayer(sound, (unit) => this.pushSound(unit)) : null;
    this.behaviour = withDefaults<RtspBehaviour>({ ...DEFAULT_BEHAVIOUR, announced }, options);
    this.playback.setWay(() => {
      const { wayMs, wayJitterMs } = this.behaviour;
      return wayMs + (wayJitterMs > 0 ? (randomInt(1001) / 1000) * wayJitterMs : 0);
    });
  }

  override async start(): Promise<void> {
    await super.start();
    // The first sample is heard when the light of the first picture falls into the lens.
    this.soundPlayer?.start(monotonic());
  }

  override async stop(): Promise<void> {
    this.soundPlayer?.stop();
    await super.stop();
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
    for (const client of this.clients) if (client.sender.push(frame)) clients++;
    return clients;
  }

  protected waitForKeyframe(): void {
    for (const client of this.clients) client.sender.waitingForKeyframe = true;
  }

  private pushSound(unit: PlayedSound): void {
    if (this.isMuted || !this.soundPlayer) return;
    const { senderReportMs } = this.behaviour;
    for (const { sender, sound } of this.clients) {
      if (sender.playing) sound.push(unit, this.soundPlayer.now, senderReportMs);
    }
  }

  private rtpTime(ticks: number): number {
    const rounded = Math.round(this.behaviour.timestampStart + ticks + this.jumpedTicks);
    return ((rounded % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }

  /** What the camera's wall clock said when it took a picture, in epoch milliseconds. */
  private wallAt({ capturedAt, pts }: PlayedFrame): number {
    const { clockAheadMs, clockDriftPpm } = this.behaviour;
    return Date.now() - monotonic() + capturedAt + clockAheadMs + (pts / 90) * clockDriftPpm * 1e-6;
  }

  private setsOf(clip: H264Clip): readonly Buffer[] {
    const { claimedSize } = this.behaviour;
    return [claimedSize === null ? clip.sps : fakeSps(claimedSize, claimedSize), clip.pps];
  }

  private bandSets(clip: Clip): readonly Buffer[] {
    if (clip.codec === 'mjpeg') return [];
    return clip.codec === 'h265' ? [clip.vps, clip.sps, clip.pps] : this.setsOf(clip);
  }

  private announcement(): Announcement {
    const { controls, announced, parameterSets, editSdp } = this.behaviour;
    const { clip } = this.playback;
    const format = this.format(clip, parameterSets !== 'band');
    const announcement = announce(this.urlWithoutCredentials, controls, announced, clip.fps, format);
    return { ...announcement, sdp: editSdp(announcement.sdp) };
  }

  private format(clip: Clip, withSets: boolean): string {
    if (clip.codec === 'mjpeg') return this.jpegFormat(clip);
    if (clip.codec === 'h265') return withSets ? h265FormatParameters(clip) : '';
    const sets = this.setsOf(clip);
    return formatParameters(sets[0] ?? clip.sps, withSets ? sets : []);
  }

  private jpegFormat({ width, height }: Clip): string {
    switch (this.behaviour.jpegSize) {
      case 'x-dimensions':
        return `a=x-dimensions:${width},${height}`;
      case 'framesize':
        return `a=framesize:${JPEG_PAYLOAD_TYPE} ${width}-${height}`;
      default:
        return '';
    }
  }

  private host(): RtspHost {
    return {
      behaviour: this.behaviour,
      ssrc: this.ssrc,
      authenticator: this.authenticator,
      streamUrl: this.urlWithoutCredentials,
      bandSets: (clip) => (this.behaviour.parameterSets === 'sdp' ? [] : this.bandSets(clip)),
      rtpTime: (ticks) => this.rtpTime(ticks),
      wallAt: (frame) => this.wallAt(frame),
      overrun: (id) => this.emit('overrun', { id }),
      announcement: () => this.announcement(),
      lastGop: () => this.gop,
      upcoming: (keyframe) => this.playback.upcoming(keyframe),
      deliver: (sender: RtspSender, frame) => void sender.push(frame),
      note: (event, id) => this.emit(event, { id }),
      noteRequest: (id, { method, uri, headers }) => this.emit('request', { id, method, uri, headers: { ...headers } }),
    };
  }
}
