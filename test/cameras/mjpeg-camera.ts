import { constants, createGzip, Gzip } from 'node:zlib';
import { CameraServerOptions } from './camera-server';
import { MjpegClip } from './clips';
import { withDefaults } from './defaults';
import { DEFAULT_HTTP_BEHAVIOUR, HttpBehaviour, HttpCameraServer } from './http-camera-server';
import { claimJpegSize, withThumbnail } from './jpeg-tricks';
import { PlayedFrame } from './playback';
import { MAX_BACKLOG, Wire } from './wire';

/** How header and body agree on the boundary (RFC 2046 §5.1.1); `frame` is the word. */
export type BoundaryForm =
  /** Header `frame`, body `--frame`. */
  | 'right'
  /** Header `"frame"`. */
  | 'quoted'
  /** Header `--frame`, body `--frame`: the dashes counted in. */
  | 'dashed'
  /** Header `--frame`, body `----frame`. */
  | 'doubled'
  /** Header `frame`, body `--other`. */
  | 'wrong'
  /** No boundary in the header, `--frame` in the body. */
  | 'missing'
  /** Header `frame`, none in the body: one JPEG after the other. */
  | 'none';

/** Everything about an MJPEG camera that may be changed while it runs. */
export interface MjpegBehaviour extends HttpBehaviour {
  boundary: BoundaryForm;
  /** Content-Length of the parts: as it is, absent, 1000 bytes too small, or 1000 too large. */
  contentLength: 'right' | 'none' | 'short' | 'long';
  /** Line ends of the part headers. */
  lineEnd: '\r\n' | '\n';
  /** Parts say `Content-Type: image/jpeg`. */
  partType: boolean;
  /** The next part's header never ends. */
  endlessPartHeader: boolean;
  /** The next part claims, and sends, this many bytes of no picture. */
  hugePart: number | null;
  /** `Content-Encoding: gzip`. */
  gzip: boolean;
  /** Every n-th JPEG ends in its middle, and the next part follows; 0: none. */
  halveEvery: number;
  /** Answers with one `image/jpeg` and closes. */
  single: boolean;
  /** JPEGs with a thumbnail inside. */
  thumbnails: boolean;
  /** JPEG headers claim this many pixels a side. */
  claimedSize: number | null;
}

export const DEFAULT_MJPEG_BEHAVIOUR: MjpegBehaviour = {
  ...DEFAULT_HTTP_BEHAVIOUR,
  boundary: 'right',
  contentLength: 'right',
  lineEnd: '\r\n',
  partType: true,
  endlessPartHeader: false,
  hugePart: null,
  gzip: false,
  halveEvery: 0,
  single: false,
  thumbnails: false,
  claimedSize: null,
};

export interface MjpegCameraOptions extends CameraServerOptions, Partial<MjpegBehaviour> {
  readonly clip: MjpegClip;
}

interface Client {
  readonly wire: Wire;
  readonly gzip: Gzip | null;
  /** It gets no more pictures: an endless part is under way, or its one picture is out. */
  done: boolean;
}

/** `multipart/x-mixed-replace` over HTTP, as network cameras and their imitations serve it. */
export class MjpegCamera extends HttpCameraServer {
  readonly behaviour: MjpegBehaviour;
  private readonly clients = new Map<Wire, Client>();
  private sent = 0;
  private cutNext = false;

  constructor(options: MjpegCameraOptions) {
    super(options, '/video.mjpg');
    this.behaviour = withDefaults(DEFAULT_MJPEG_BEHAVIOUR, options);
  }

  /** Changes behaviour from now on. */
  set(changes: Partial<MjpegBehaviour>): void {
    Object.assign(this.behaviour, changes);
  }

  /** The connections are cut in the middle of the next picture. */
  cutInPicture(): void {
    this.cutNext = true;
  }

  protected contentType(): string {
    const { boundary, single } = this.behaviour;
    if (single) return 'image/jpeg';
    const says = { quoted: '"frame"', dashed: '--frame', doubled: '--frame' }[boundary as string] ?? 'frame';
    const encoding = this.behaviour.gzip ? '\r\nContent-Encoding: gzip' : '';
    return `multipart/x-mixed-replace${boundary === 'missing' ? '' : `; boundary=${says}`}${encoding}`;
  }

  protected stream(wire: Wire): void {
    const gzip = this.behaviour.gzip ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : null;
    gzip?.on('data', (data: Buffer) => this.body(wire, data));
    this.clients.set(wire, { wire, gzip, done: false });
    wire.socket.on('close', () => {
      this.clients.delete(wire);
      gzip?.destroy();
    });
  }

  protected push(frame: PlayedFrame): number {
    if (frame.clip.codec !== 'mjpeg' || this.clients.size === 0) return 0;
    const part = this.part(frame.clip.jpegs[frame.index] ?? Buffer.alloc(0));
    let clients = 0;
    for (const client of this.clients.values()) {
      if (client.done || client.wire.closed) continue;
      if (client.wire.backlog > MAX_BACKLOG) {
        this.emit('overrun', { id: client.wire.id });
        continue;
      }
      clients++;
      this.give(client, part);
    }
    this.cutNext = false;
    return clients;
  }

  /** Every picture is a keyframe. */
  protected waitForKeyframe(): void {}

  private give(client: Client, part: Buffer): void {
    const { behaviour } = this;
    if (this.cutNext) {
      const half = part.subarray(0, part.length >> 1);
      client.wire.socket.write(half, () => client.wire.socket.destroy());
      client.done = true;
    } else if (behaviour.endlessPartHeader || behaviour.hugePart !== null) {
      client.done = true;
      const size = behaviour.endlessPartHeader ? Infinity : (behaviour.hugePart ?? 0);
      const head = behaviour.endlessPartHeader ? '--frame\r\nX-Filler: ' : this.partHeader(size).toString('latin1');
      this.body(client.wire, Buffer.from(head, 'latin1'));
      this.fill(client, size);
    } else if (client.gzip !== null) {
      client.gzip.write(part);
    } else {
      this.body(client.wire, part);
      if (behaviour.single) {
        client.done = true;
        client.wire.socket.end();
      }
    }
  }

  /** Sends filler as fast as the client takes it: a JPEG's beginning, then nothing that would end it. */
  private fill(client: Client, bytes: number): void {
    const filler = Buffer.alloc(64 * 1024, 'padel ');
    let left = bytes;
    const more = (): void => {
      while (left > 0 && !client.wire.closed && !client.wire.socket.destroyed) {
        const piece = filler.subarray(0, Math.min(left, filler.length));
        left -= piece.length;
        if (!this.body(client.wire, piece)) {
          client.wire.socket.once('drain', more);
          return;
        }
      }
      if (left <= 0) client.done = false;
    };
    more();
  }

  private part(original: Buffer): Buffer {
    const { halveEvery, thumbnails, claimedSize, single } = this.behaviour;
    let jpeg = original;
    if (thumbnails) jpeg = withThumbnail(jpeg);
    if (claimedSize !== null) jpeg = claimJpegSize(jpeg, claimedSize);
    if (halveEvery > 0 && ++this.sent % halveEvery === 0) jpeg = jpeg.subarray(0, jpeg.length >> 1);
    if (single) return jpeg;
    return Buffer.concat([this.partHeader(jpeg.length), jpeg, Buffer.from(this.behaviour.lineEnd)]);
  }

  private partHeader(size: number): Buffer {
    const { boundary, contentLength, lineEnd, partType } = this.behaviour;
    const line = { doubled: '----frame', wrong: '--other' }[boundary as string] ?? '--frame';
    const claimed = size + ({ short: -1000, long: 1000 }[contentLength as string] ?? 0);
    const lines = [
      ...(boundary === 'none' ? [] : [line]),
      ...(partType ? ['Content-Type: image/jpeg'] : []),
      ...(contentLength === 'none' ? [] : [`Content-Length: ${claimed}`]),
      'X-Timestamp: 0.000000',
    ];
    if (boundary === 'none') return Buffer.alloc(0);
    return Buffer.from(`${lines.join(lineEnd)}${lineEnd}${lineEnd}`);
  }
}
