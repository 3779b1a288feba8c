import { Injectable } from '@nestjs/common';
import { isIPv4 } from 'node:net';
import { Clock } from '../../common/clock';
import { CameraConnector } from '../camera-connector';
import { OnvifDevice, OnvifProfile } from './onvif-device';
import { OnvifCredentials } from './onvif-messages';
import { DISCOVERY_PORT, discoverDevices, DiscoveredDevice, DiscoveryTarget } from './ws-discovery';

/** How long answers are waited for, and the whole may take, in milliseconds. */
const LISTEN_MS = 1_500;
const WHOLE_MS = 4_800;
const ANSWER_MS = 2_000;
/** Devices asked at one time. */
const AT_ONCE = 8;

/** A device that answered. */
export interface FoundCamera {
  readonly name: string | null;
  readonly address: string;
  /** Empty where it told none. */
  readonly profiles: readonly OnvifProfile[];
  /** Its streams are told to who signs in only. */
  readonly refused: boolean;
}

export interface DiscoveryRequest {
  /** Those in which the club's cameras are; `null`: no matter which. */
  readonly networks: readonly string[] | null;
  /** IPv4 addresses to ask besides the network, with a port where it is not the usual one. */
  readonly addresses: readonly string[];
  readonly credentials: OnvifCredentials | null;
}

/** Finds ONVIF cameras: by a multicast question, and at addresses that are named. */
@Injectable()
export class CameraDiscovery {
  constructor(
    private readonly connector: CameraConnector,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes less than five seconds, whatever devices do; one that cannot be asked is told without streams, one that may not be
   * dialled not at all.
   * @throws CameraError `camera_address_forbidden` for a named address that no camera may have; nothing is asked then
   */
  async find({ networks, addresses, credentials }: DiscoveryRequest): Promise<FoundCamera[]> {
    const targets: DiscoveryTarget[] = [];
    for (const address of addresses) targets.push(await this.target(address, networks));
    const abort = new AbortController();
    const cancel = this.clock.after(WHOLE_MS, () => abort.abort());
    try {
      const devices = await discoverDevices(this.clock, targets, LISTEN_MS);
      const found: FoundCamera[] = [];
      const waiting = [...devices];
      const ask = async (): Promise<void> => {
        for (let device = waiting.shift(); device !== undefined; device = waiting.shift()) {
          const camera = await this.look(device, networks, credentials, abort.signal);
          if (camera) found.push(camera);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, ask));
      return found.sort((a, b) => a.address.localeCompare(b.address, 'en', { numeric: true }));
    } finally {
      cancel();
      abort.abort();
    }
  }

  private async look(
    { address, serviceUrls, name }: DiscoveredDevice,
    networks: readonly string[] | null,
    credentials: OnvifCredentials | null,
    signal: AbortSignal,
  ): Promise<FoundCamera | null> {
    const { dialer } = this.connector;
    try {
      await dialer.resolve(`http://${address}/`, networks);
    } catch {
      return null;
    }
    const options = { dialer, clock: this.clock, networks, credentials, timeoutMs: ANSWER_MS, signal };
    try {
      const profiles = await new OnvifDevice(address, options).profiles(serviceUrls);
      return { name, address, profiles, refused: false };
    } catch (error) {
      const refused = (error as { code?: unknown }).code === 'camera_unauthorized';
      return { name, address, profiles: [], refused };
    }
  }

  private async target(text: string, networks: readonly string[] | null): Promise<DiscoveryTarget> {
    const [address = '', port] = text.split(':');
    const { address: pinned, port: checked } = await this.connector.dialer.resolve(
      `http://${isIPv4(address) ? address : ''}:${port ?? DISCOVERY_PORT}/`,
      networks,
    );
    return { address: pinned, port: checked };
  }
}
