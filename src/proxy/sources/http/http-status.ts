import { CameraError } from '../../camera-error';
import { field, HttpHead } from './http-head';

/** What a camera's answer other than "here it is" means, `null` for a 2xx. */
export function explainStatus({ status }: HttpHead, hasCredentials: boolean): CameraError | null {
  if (status === 204 || status === 205) {
    return new CameraError('camera_unsupported', `The camera answers without a stream (HTTP ${status}).`);
  }
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) {
    return new CameraError(
      'camera_redirected',
      'The camera redirects to another address, which is not followed. Enter the final address of its stream.',
    );
  }
  if (status === 401 || status === 407) {
    return new CameraError(
      'camera_unauthorized',
      hasCredentials
        ? 'The camera refuses the user name or password.'
        : 'The camera asks for a user name and password, and its address has none.',
    );
  }
  if (status === 403) {
    return new CameraError(
      'camera_unauthorized',
      'The camera forbids access to this stream. Check the rights of its user.',
    );
  }
  if (status === 404 || status === 410 || status === 400 || status === 405) {
    return new CameraError('camera_stream_not_found', `The camera has no stream at this path (HTTP ${status}).`);
  }
  return new CameraError(
    'camera_unreachable',
    `The camera answers with an error (HTTP ${status})${status === 503 || status === 429 ? '; it may have too many viewers' : ''}.`,
  );
}

/** We ask for identity; a camera that compresses all the same cannot be a live stream. */
export function checkEncoding(head: HttpHead): void {
  const encoding = field(head, 'content-encoding').toLowerCase();
  if (encoding !== '' && encoding !== 'identity') {
    const name = encoding.replace(/[^a-z0-9, -]/g, '?').slice(0, 32);
    throw new CameraError(
      'camera_unsupported',
      `The camera compresses its stream (${name}). Switch HTTP compression off.`,
    );
  }
}

/** Lower case, without parameters and quotes. */
export function contentTypeOf(head: HttpHead): string {
  return (field(head, 'content-type').split(';')[0] ?? '').replace(/"/g, '').trim().toLowerCase();
}
