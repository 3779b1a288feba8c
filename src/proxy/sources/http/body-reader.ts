import { CameraError } from '../../camera-error';
import { BodyDecoder } from './body-decoder';
import { HttpResponse } from './http-exchange';

/** What becomes of a body's bytes. */
export interface BodySink {
  /** @returns false to read no more until {@link BodyReader.resume}. */
  onData(data: Buffer): boolean;
  /** The body ended, by its own word or by the connection's end. */
  onEnd(): void;
  /** The framing is broken or `onData` threw. */
  onError(error: unknown): void;
}

/** Reads a response's body from its socket, framing undone; the pace is the sink's. */
export class BodyReader {
  private readonly decoder: BodyDecoder;
  private over = false;
  private blocked = false;

  constructor(
    private readonly response: HttpResponse,
    private readonly sink: BodySink,
  ) {
    this.decoder = new BodyDecoder(response.head, (data) => {
      if (!sink.onData(data)) this.blocked = true;
    });
  }

  /** Starts; what came with the head is delivered before this returns. */
  start(): void {
    const { socket, rest } = this.response;
    const ended = (): void => this.finish(() => this.sink.onEnd());
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('end', ended).on('error', ended).on('close', ended);
    if (rest.length > 0) this.take(rest);
    if (!this.blocked && !this.over) socket.resume();
  }

  resume(): void {
    this.blocked = false;
    if (!this.over) this.response.socket.resume();
  }

  /** Delivers nothing any more. */
  stop(): void {
    this.over = true;
  }

  private take(chunk: Buffer): void {
    if (this.over) return;
    try {
      this.decoder.push(chunk);
    } catch (error) {
      this.finish(() => this.sink.onError(error));
      return;
    }
    if (this.decoder.done) this.finish(() => this.sink.onEnd());
    else if (this.blocked) this.response.socket.pause();
  }

  private finish(tell: () => void): void {
    if (this.over) return;
    this.over = true;
    tell();
  }
}

/** A body that should never end did. */
export function streamEnded(): CameraError {
  return new CameraError('camera_unreachable', 'The camera ended the stream.');
}
