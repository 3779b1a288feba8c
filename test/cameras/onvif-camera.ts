import { createHash } from 'node:crypto';
import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, IncomingMessage, Server } from 'node:http';

export interface OnvifCameraOptions {
  readonly username?: string;
  readonly password?: string;
  /** Of its device service, where that is not its own address. */
  readonly serviceUrl?: string;
  /** Of its media service, where that is not the same. */
  readonly mediaUrl?: string;
  readonly streamUris?: readonly string[];
  /** Its clock is ahead by so many milliseconds. */
  readonly aheadMs?: number;
  /** What it answers to the question for profiles, instead of them. */
  readonly profiles?: string;
  /** Answers to another question than was asked. */
  readonly related?: string;
}

const ENVELOPE = 'xmlns:s="http://www.w3.org/2003/05/soap-envelope"';
/** A signature is good for so long. */
const FRESH_MS = 60_000;

/** A device that speaks ONVIF over real sockets on 127.0.0.1: WS-Discovery by UDP, device and media service by HTTP. */
export class OnvifCamera {
  private readonly udp: Socket = createSocket('udp4');
  private readonly http: Server;
  /** Requests by what they ask. */
  readonly asked: string[] = [];

  constructor(private readonly options: OnvifCameraOptions = {}) {
    this.http = createServer((request, response) => {
      void this.answer(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/soap+xml' });
        response.end(`<?xml version="1.0"?><s:Envelope ${ENVELOPE}><s:Body>${body}</s:Body></s:Envelope>`);
      });
    });
    this.udp.on('message', (message, from) => {
      const id = /<w:MessageID>([^<]*)</.exec(message.toString())?.[1] ?? '';
      this.udp.send(this.match(id), from.port, from.address);
    });
  }

  async start(): Promise<void> {
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
    this.udp.bind(0, '127.0.0.1');
    await once(this.udp, 'listening');
  }

  async stop(): Promise<void> {
    this.udp.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** Where it takes part in discovery. */
  get address(): string {
    return `127.0.0.1:${this.udp.address().port}`;
  }

  get serviceUrl(): string {
    const address = this.http.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `http://127.0.0.1:${port}/onvif/device_service`;
  }

  private match(id: string): Buffer {
    const { serviceUrl = this.serviceUrl, related = id } = this.options;
    return Buffer.from(
      `<?xml version="1.0"?><s:Envelope ${ENVELOPE} xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
        `xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Header><a:RelatesTo>${related}</a:RelatesTo></s:Header>` +
        '<s:Body><d:ProbeMatches><d:ProbeMatch><d:Types>dn:NetworkVideoTransmitter</d:Types>' +
        '<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Court%20camera</d:Scopes>' +
        `<d:XAddrs>http://192.0.2.1/onvif/device_service ${serviceUrl}</d:XAddrs>` +
        '</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>',
    );
  }

  private async answer(request: IncomingMessage): Promise<[number, string]> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const [, call = ''] = /Body><(\w+)/.exec(text) ?? [];
    this.asked.push(call);
    const now = new Date(Date.now() + (this.options.aheadMs ?? 0));
    if (call === 'GetSystemDateAndTime') return [200, timeOf(now)];
    if (!this.isSigned(text, now)) {
      return [400, '<s:Fault><s:Code><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code></s:Fault>'];
    }
    const { mediaUrl = this.serviceUrl, streamUris = ['rtsp://viewer:word@127.0.0.1:8554/main?a=1&amp;b=2'] } =
      this.options;
    switch (call) {
      case 'GetCapabilities':
        return [
          200,
          `<C><Capabilities><tt:Media xmlns:tt="x"><tt:XAddr>${mediaUrl}</tt:XAddr></tt:Media></Capabilities></C>`,
        ];
      case 'GetProfiles':
        return [200, this.options.profiles ?? streamUris.map((_, i) => profile(i)).join('')];
      case 'GetStreamUri': {
        const index = Number(/<ProfileToken>p(\d+)</.exec(text)?.[1] ?? 0);
        return [200, `<R><MediaUri><Uri>${streamUris[index] ?? ''}</Uri></MediaUri></R>`];
      }
      default:
        return [500, '<s:Fault/>'];
    }
  }

  private isSigned(text: string, now: Date): boolean {
    const { username, password = '' } = this.options;
    if (username === undefined) return true;
    const field = (name: string): string => new RegExp(`<[su]:${name}(?: [^>]*)?>([^<]*)<`).exec(text)?.[1] ?? '';
    const created = field('Created');
    const nonce = Buffer.from(field('Nonce'), 'base64');
    const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64');
    const fresh = Math.abs(now.getTime() - new Date(created).getTime()) < FRESH_MS;
    return field('Username') === username && field('Password') === digest && fresh;
  }
}

function timeOf(at: Date): string {
  const date = `<Year>${at.getUTCFullYear()}</Year><Month>${at.getUTCMonth() + 1}</Month><Day>${at.getUTCDate()}</Day>`;
  const time = `<Hour>${at.getUTCHours()}</Hour><Minute>${at.getUTCMinutes()}</Minute><Second>${at.getUTCSeconds()}</Second>`;
  return `<R><UTCDateTime><Time>${time}</Time><Date>${date}</Date></UTCDateTime></R>`;
}

function profile(index: number): string {
  const size = index === 0 ? '<Width>1920</Width><Height>1080</Height>' : '<Width>640</Width><Height>360</Height>';
  return (
    `<trt:Profiles xmlns:trt="x" token="p${index}"><VideoEncoderConfiguration><Encoding>H264</Encoding>` +
    `<Resolution>${size}</Resolution><RateControl><FrameRateLimit>25</FrameRateLimit></RateControl>` +
    '</VideoEncoderConfiguration></trt:Profiles>'
  );
}
