import { randomUUID } from 'node:crypto';
import { createSocket, RemoteInfo } from 'node:dgram';
import { Clock } from '../../common/clock';
import { probeMessage } from './onvif-messages';
import { elementsOf, readXml, textOf, XmlElement, XmlError } from './onvif-xml';

/** Where devices listen (WS-Discovery §2.4). */
export const DISCOVERY_PORT = 3702;
const DISCOVERY_GROUP = '239.255.255.250';
/** More answers than a club has cameras are no cameras. */
const MAX_ANSWERS = 128;

/** Where a device says its service is, and who said so. */
export interface DiscoveredDevice {
  /** The address its answer came from. */
  readonly address: string;
  /** URLs of its device service, as it has them: data from somebody unknown. */
  readonly serviceUrls: readonly string[];
  /** As its maker or owner calls it; `null` where it does not say. */
  readonly name: string | null;
}

/** An address to ask directly. */
export interface DiscoveryTarget {
  readonly address: string;
  readonly port: number;
}

/**
 * Asks the network, and some addresses by name, which ONVIF devices there are, and listens for a while. What is no answer to
 * this very question is passed over.
 */
export async function discoverDevices(
  clock: Clock,
  targets: readonly DiscoveryTarget[],
  listenMs: number,
): Promise<DiscoveredDevice[]> {
  const id = `urn:uuid:${randomUUID()}`;
  const found = new Map<string, DiscoveredDevice>();
  const socket = createSocket({ type: 'udp4' });
  try {
    await new Promise<void>((resolve) => {
      const cancel = clock.after(listenMs, resolve);
      let answers = 0;
      // A network that is not there, or may not be asked, is one without devices.
      socket.on('error', () => {
        cancel();
        resolve();
      });
      socket.on('message', (message, from) => {
        if (++answers > MAX_ANSWERS) return;
        const device = readAnswer(message, from, id);
        if (device) found.set(device.address, device);
      });
      socket.bind(0, () => {
        const probe = probeMessage(id);
        for (const { address, port } of [{ address: DISCOVERY_GROUP, port: DISCOVERY_PORT }, ...targets]) {
          socket.send(probe, port, address, () => undefined);
        }
      });
    });
  } finally {
    socket.close();
  }
  return [...found.values()];
}

function readAnswer(message: Buffer, { address }: RemoteInfo, id: string): DiscoveredDevice | null {
  let xml: XmlElement;
  try {
    xml = readXml(message);
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
  const [match] = elementsOf(xml, 'ProbeMatch');
  if (match === undefined || textOf(xml, 'RelatesTo') !== id) return null;
  const serviceUrls = (textOf(match, 'XAddrs') ?? '').split(/\s+/).filter((url) => url !== '');
  return serviceUrls.length > 0 ? { address, serviceUrls, name: nameOf(match) } : null;
}

/** `onvif://www.onvif.org/name/…` and `…/hardware/…` among its scopes (ONVIF Core §7.3.2.2). */
function nameOf(match: XmlElement): string | null {
  const list = (textOf(match, 'Scopes') ?? '').split(/\s+/);
  for (const kind of ['name', 'hardware']) {
    const found = list.find((scope) => scope.startsWith(`onvif://www.onvif.org/${kind}/`))?.split('/')[4];
    if (found) return plain(found);
  }
  return null;
}

/** Percent-decoded, without what is not for reading, and not longer than a line. */
function plain(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    decoded = text;
  }
  return decoded.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, 120);
}
