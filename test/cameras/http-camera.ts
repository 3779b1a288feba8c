import { CameraServerOptions } from './camera-server';
import { H264Clip } from './clips';
import { ContainerMuxer } from './container-muxer';
import { FlvMuxer } from './flv-muxer';
import { Fmp4Muxer } from './fmp4-muxer';
import { withDefaults } from './defaults';
import { DEFAULT_HTTP_BEHAVIOUR, HttpBehaviour, HttpCameraServer } from './http-camera-server';
import { PlayedFrame } from './playback';
import { TsMuxer } from './ts-muxer';
import { MAX_BACKLOG, Wire } from './wire';

export interface HttpCameraOptions extends CameraServerOptions, Partial<HttpBehaviour> {
  readonly clip: H264Clip;
  /** MPEG-TS unless told otherwise. */
  readonly container?: 'ts' | 'flv' | 'mp4';
  /** Camera ticks (90 kHz) at its first picture: near 2^33 a transport stream's clock wraps. */
  readonly timestampStart?: number;
}

interface Client {
  readonly wire: Wire;
  readonly muxer: ContainerMuxer;
  waitingForKeyframe: boolean;
}

const MUXERS = { ts: TsMuxer, flv: FlvMuxer, mp4: Fmp4Muxer } as const;

/** H.264 in an endless HTTP answer (MPEG-TS, FLV or fragmented MP4), muxed here so that times go on over every loop. */
export class HttpCamera extends HttpCameraServer {
  readonly behaviour: HttpBehaviour;
  private readonly container: keyof typeof MUXERS;
  private readonly clients = new Map<Wire, Client>();
  private offset: number;

  constructor(options: HttpCameraOptions) {
    super(options, `/live.${options.container ?? 'ts'}`);
    this.container = options.container ?? 'ts';
    this.offset = options.timestampStart ?? 0;
    this.behaviour = withDefaults(DEFAULT_HTTP_BEHAVIOUR, options);
  }

  /** Changes behaviour from now on. */
  set(changes: Partial<HttpBehaviour>): void {
    Object.assign(this.behaviour, changes);
  }

  /** Time stamps jump by so many milliseconds from the next picture on. */
  jumpTimestamps(ms: number): void {
    this.offset += ms * 90;
  }

  protected contentType(): string {
    return new MUXERS[this.container]().contentType;
  }

  protected stream(wire: Wire): void {
    this.clients.set(wire, { wire, muxer: new MUXERS[this.container](), waitingForKeyframe: true });
    wire.socket.on('close', () => this.clients.delete(wire));
  }

  protected waitForKeyframe(): void {
    for (const client of this.clients.values()) client.waitingForKeyframe = true;
  }

  protected push(frame: PlayedFrame): number {
    const { clip } = frame;
    const unit = clip.codec === 'h264' ? clip.units[frame.index] : undefined;
    if (clip.codec !== 'h264' || unit === undefined) return 0;
    let clients = 0;
    for (const client of this.clients.values()) {
      const slow = client.wire.backlog > MAX_BACKLOG;
      if (slow && !client.waitingForKeyframe) {
        client.waitingForKeyframe = true;
        this.emit('overrun', { id: client.wire.id });
      }
      if (slow || client.wire.closed || (client.waitingForKeyframe && !frame.keyframe)) continue;
      client.waitingForKeyframe = false;
      const times = { pts: Math.round(frame.pts + this.offset), dts: Math.round(frame.dts + this.offset) };
      this.body(client.wire, client.muxer.picture({ clip, unit, ...times }));
      clients++;
    }
    return clients;
  }
}
