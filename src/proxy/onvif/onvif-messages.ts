import { createHash, randomBytes } from 'node:crypto';
import { escapeXml } from './onvif-xml';

/** As a person wrote them. */
export interface OnvifCredentials {
  readonly username: string;
  readonly password: string;
}

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
const ADDRESSING = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const DISCOVERY = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const UTILITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const DIGEST = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest';
const DEVICE = 'http://www.onvif.org/ver10/device/wsdl';
const MEDIA = 'http://www.onvif.org/ver10/media/wsdl';
const SCHEMA = 'http://www.onvif.org/ver10/schema';

/** WS-Discovery's question for video transmitters (WS-Discovery §5.2, ONVIF Core §7.3). @param id of the message, a URN */
export function probeMessage(id: string): Buffer {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="${SOAP}" xmlns:w="${ADDRESSING}" xmlns:d="${DISCOVERY}">` +
      `<e:Header><w:MessageID>${id}</w:MessageID><w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>` +
      `<w:Action>${DISCOVERY}/Probe</w:Action></e:Header><e:Body><d:Probe>` +
      `<d:Types xmlns:dn="http://www.onvif.org/ver10/network/wsdl">dn:NetworkVideoTransmitter</d:Types>` +
      `</d:Probe></e:Body></e:Envelope>`,
  );
}

/** A question of the ONVIF device or media service. */
export const ONVIF_CALLS = {
  time: `<GetSystemDateAndTime xmlns="${DEVICE}"/>`,
  capabilities: `<GetCapabilities xmlns="${DEVICE}"><Category>Media</Category></GetCapabilities>`,
  profiles: `<GetProfiles xmlns="${MEDIA}"/>`,
  streamUri: (token: string): string =>
    `<GetStreamUri xmlns="${MEDIA}"><StreamSetup><Stream xmlns="${SCHEMA}">RTP-Unicast</Stream>` +
    `<Transport xmlns="${SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>` +
    `<ProfileToken>${escapeXml(token)}</ProfileToken></GetStreamUri>`,
} as const;

/**
 * A SOAP request, signed where there are credentials: the password itself is never sent (WSS UsernameToken Profile 1.0 §3.1).
 * @param created the device's own time, for many refuse what is minutes old
 */
export function soapRequest(body: string, credentials: OnvifCredentials | null, created: Date): Buffer {
  const header = credentials === null ? '' : `<e:Header>${securityOf(credentials, created)}</e:Header>`;
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="${SOAP}">${header}<e:Body>${body}</e:Body></e:Envelope>`,
  );
}

function securityOf({ username, password }: OnvifCredentials, created: Date): string {
  const nonce = randomBytes(16);
  const at = created.toISOString();
  const digest = passwordDigest(nonce, at, password);
  return (
    `<s:Security xmlns:s="${SECURITY}" e:mustUnderstand="1"><s:UsernameToken><s:Username>${escapeXml(username)}</s:Username>` +
    `<s:Password Type="${DIGEST}">${digest}</s:Password><s:Nonce>${nonce.toString('base64')}</s:Nonce>` +
    `<u:Created xmlns:u="${UTILITY}">${at}</u:Created></s:UsernameToken></s:Security>`
  );
}

/** `Base64(SHA-1(nonce + created + password))`. */
export function passwordDigest(nonce: Buffer, created: string, password: string): string {
  return createHash('sha1').update(nonce).update(created).update(password).digest('base64');
}
