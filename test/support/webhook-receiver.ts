import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Certificate } from './certificate';

/** What a receiver does with the next messages. A number: the status it answers. */
export type Behaviour = number | 'hang' | 'cut' | { readonly redirectTo: string };

export interface ReceivedMessage {
  readonly headers: IncomingHttpHeaders;
  /** Its exact bytes. */
  readonly text: string;
  readonly path: string;
}

/** Somebody's service that webhooks call, on this machine, with the faults that such services have. */
export class WebhookReceiver {
  behaviour: Behaviour = 200;
  readonly received: ReceivedMessage[] = [];

  private constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
  ) {}

  static async start(certificate?: Certificate): Promise<WebhookReceiver> {
    const server = certificate ? createTlsServer({ key: certificate.key, cert: certificate.cert }) : createServer();
    const receiver = new WebhookReceiver(server, certificate ? 'https' : 'http');
    server.on('request', (request, response) => void receiver.take(request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  url(path = '/hook'): string {
    return `${this.scheme}://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.received.push({ headers: request.headers, text, path: request.url ?? '' });
    const { behaviour } = this;
    if (behaviour === 'hang') return;
    if (behaviour === 'cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    } else if (typeof behaviour === 'object') response.writeHead(307, { location: behaviour.redirectTo }).end();
    else response.writeHead(behaviour).end('{}');
  }
}

/** As an integrator checks a message, by the words of the specification and with nothing of ours. */
export function isSignedBy(secret: string, { headers, text }: ReceivedMessage): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(expected);
}
