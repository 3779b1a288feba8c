import { isIP } from 'node:net';
import { checkAddress, checkName } from '../proxy/camera-address';
import { bareHost, ParsedCameraUrl, parseCameraUrl } from '../proxy/camera-url';

export interface CameraCheckRules {
  /** `CAMERA_ALLOW_LOOPBACK`. */
  readonly allowLoopback: boolean;
  /** Says where something of this service listens: never a camera. */
  readonly isOwnPort: (port: number) => boolean;
  /** Those in which the club's cameras are; `null`: no matter which. */
  readonly networks: readonly string[] | null;
}

/**
 * What can be said of a camera's address when it is saved, without a look-up: its form, and whether a literal address
 * may be a camera's. Names are resolved, and judged again, each time they are dialled.
 * @throws CameraError `camera_scheme_unsupported` or `camera_address_forbidden`
 */
export function checkCameraUrl(url: string, rules: CameraCheckRules): ParsedCameraUrl {
  const camera = parseCameraUrl(url);
  const host = bareHost(camera.host);
  if (isIP(host) !== 0) {
    const { allowLoopback, isOwnPort, networks } = rules;
    // None of this machine's addresses is a camera's, unless cameras on it are allowed: then all but our own ports.
    const own = allowLoopback ? { isOwnPort } : {};
    checkAddress(host, { allowLoopback, networks, literalHost: camera.host, port: camera.port, ...own });
  } else {
    checkName(host, rules);
  }
  return camera;
}
