import { Clock } from '../../common/clock';
import { CameraDialer } from '../camera-dialer';
import { CameraError } from '../camera-error';
import { bareHost, defaultPort, parseCameraUrl } from '../camera-url';
import { BodyReader } from '../sources/http/body-reader';
import { hangUp, send } from '../sources/http/http-exchange';
import { CameraTarget } from '../sources/stream-source';
import { ONVIF_CALLS, OnvifCredentials, soapRequest } from './onvif-messages';
import { attributeOf, elementsOf, MAX_XML_BYTES, readXml, textOf, XmlElement } from './onvif-xml';

/** A camera has a main stream, a small one, and perhaps a third. */
const MAX_PROFILES = 8;
const MAX_HEADER_BYTES = 16 * 1024;

/** One stream that a device offers. */
export interface OnvifProfile {
  /** As ONVIF has it: `H264`, `H265`, `JPEG`; `null` where it does not say. */
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  /** Without user name and password; `null` where it leads to what may not be dialled. */
  readonly streamUrl: string | null;
}

export interface OnvifDeviceOptions {
  readonly dialer: CameraDialer;
  readonly clock: Clock;
  /** Those in which the club's cameras are; `null`: no matter which. */
  readonly networks: readonly string[] | null;
  readonly credentials: OnvifCredentials | null;
  /** For each answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * One ONVIF device. Whatever it says is data from somebody unknown: it is asked at the address it answered from and nowhere
 * else, and each URL it gives is held against the rules for cameras.
 */
export class OnvifDevice {
  /** What its clock is ahead of ours, in milliseconds: signatures are judged by it. */
  private ahead = 0;

  constructor(
    /** The address it answered from. */
    private readonly address: string,
    private readonly options: OnvifDeviceOptions,
  ) {}

  /**
   * Its streams.
   * @param serviceUrls of its device service
   * @throws CameraError where it cannot be asked, or refuses; XmlError where its answers are none
   */
  async profiles(serviceUrls: readonly string[]): Promise<OnvifProfile[]> {
    const device = await this.firstOf(serviceUrls);
    await this.readClock(device);
    const capabilities = await this.ask(device, ONVIF_CALLS.capabilities);
    const [media] = elementsOf(capabilities, 'Media');
    const mediaUrl = media === undefined ? null : textOf(media, 'XAddr');
    const service = mediaUrl === null ? device : await this.firstOf([mediaUrl]);
    const answer = await this.ask(service, ONVIF_CALLS.profiles);
    const profiles: OnvifProfile[] = [];
    for (const profile of elementsOf(answer, 'Profiles').slice(0, MAX_PROFILES)) {
      const token = attributeOf(profile, 'token');
      const [encoder] = elementsOf(profile, 'VideoEncoderConfiguration');
      if (token === null || encoder === undefined) continue;
      const uri = textOf(await this.ask(service, ONVIF_CALLS.streamUri(token)), 'Uri');
      profiles.push({ ...factsOf(encoder), streamUrl: uri === null ? null : await this.allowed(uri) });
    }
    return profiles;
  }

  /** The first of its URLs that leads to itself. @throws CameraError `camera_address_forbidden` where none does */
  private async firstOf(urls: readonly string[]): Promise<CameraTarget> {
    const { dialer, networks } = this.options;
    for (const url of urls.slice(0, 4)) {
      // A name could lead anywhere, and a literal address elsewhere: a device speaks for itself only.
      if (!/^https?:\/\//i.test(url)) continue;
      try {
        const parsed = parseCameraUrl(url);
        if (bareHost(parsed.host) !== this.address) continue;
        return await dialer.resolve({ ...parsed, username: null, password: null }, networks);
      } catch (error) {
        if (!(error instanceof CameraError)) throw error;
      }
    }
    throw new CameraError('camera_address_forbidden', 'The device names no service at its own address.');
  }

  private async readClock(device: CameraTarget): Promise<void> {
    const { credentials, clock } = this.options;
    if (credentials === null) return;
    const [utc] = elementsOf(await this.ask(device, ONVIF_CALLS.time, null), 'UTCDateTime');
    const number = (name: string): number => Number(textOf(utc, name) ?? NaN);
    const [year, month, day] = [number('Year'), number('Month'), number('Day')];
    const at = Date.UTC(year, month - 1, day, number('Hour'), number('Minute'), number('Second'));
    if (Number.isFinite(at)) this.ahead = at - clock.now();
  }

  private async ask(target: CameraTarget, body: string, credentials = this.options.credentials): Promise<XmlElement> {
    const { dialer, clock, timeoutMs, signal } = this.options;
    const envelope = soapRequest(body, credentials, new Date(clock.now() + this.ahead));
    const host = `${target.host}${target.port === defaultPort(target.scheme) ? '' : `:${target.port}`}`;
    const head = [
      `POST ${target.path} HTTP/1.1`,
      `Host: ${host}`,
      'User-Agent: PadelVar',
      'Content-Type: application/soap+xml; charset=utf-8',
      `Content-Length: ${envelope.length}`,
      'Connection: close',
    ];
    const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), envelope]);
    const limits = { timeoutMs, maxHeaderBytes: MAX_HEADER_BYTES };
    const response = await send(dialer, target, request, limits, clock, signal);
    try {
      const xml = readXml(await readBody(response, signal));
      if (response.head.status === 401 || /NotAuthorized/i.test(faultOf(xml))) {
        throw new CameraError('camera_unauthorized', 'The device refuses this user name or password.');
      }
      if (response.head.status >= 300) {
        throw new CameraError('camera_unsupported', 'The device refuses the question.');
      }
      return xml;
    } finally {
      await hangUp(response.socket);
    }
  }

  /** A stream's URL without what is secret, where it may be dialled at all. */
  private async allowed(uri: string): Promise<string | null> {
    const { dialer, networks } = this.options;
    try {
      const { scheme, host, port, path } = await dialer.resolve(parseCameraUrl(uri), networks);
      return `${scheme}://${host}${port === defaultPort(scheme) ? '' : `:${port}`}${path}`;
    } catch (error) {
      if (error instanceof CameraError) return null;
      throw error;
    }
  }
}

function factsOf(encoder: XmlElement): Omit<OnvifProfile, 'streamUrl'> {
  const number = (name: string): number | null => {
    const value = Number(textOf(encoder, name) ?? NaN);
    return Number.isFinite(value) && value > 0 && value <= 65_535 ? value : null;
  };
  const codec = textOf(encoder, 'Encoding');
  return {
    codec: codec === null ? null : codec.replace(/[^\w.-]/g, '').slice(0, 20),
    width: number('Width'),
    height: number('Height'),
    fps: number('FrameRateLimit'),
  };
}

/** The words of a SOAP fault, empty where it is none. */
function faultOf(xml: XmlElement): string {
  return JSON.stringify(elementsOf(xml, 'Fault'));
}

/** @throws CameraError where it is longer than {@link MAX_XML_BYTES}, or has not ended when `signal` aborts */
function readBody(response: ConstructorParameters<typeof BodyReader>[0], signal: AbortSignal): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const onAbort = (): void => reject(new CameraError('camera_timeout', 'The device did not answer in time.'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      act();
    };
    new BodyReader(response, {
      onData: (data) => {
        bytes += data.length;
        if (bytes > MAX_XML_BYTES) throw new CameraError('camera_unsupported', 'The device answers too much.');
        parts.push(Buffer.from(data));
        return true;
      },
      onEnd: () => settle(() => resolve(Buffer.concat(parts))),
      onError: (error) => settle(() => reject(error as Error)),
    }).start();
  });
}
