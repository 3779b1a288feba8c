import { CameraError, CameraErrorCode } from '../../camera-error';

/** RTSP statuses (RFC 2326 §11) that say something a club can act on. */
const STATUSES: Readonly<Record<number, readonly [CameraErrorCode, string]>> = {
  400: ['camera_unsupported', 'The camera does not understand the address (400): is the path right?'],
  401: ['camera_unauthorized', 'The camera refuses the user name or password.'],
  403: ['camera_unauthorized', "The camera's user may not watch this stream (403): give it the right to live view."],
  404: ['camera_stream_not_found', 'The camera has no stream at this path (404): is the path right?'],
  406: ['camera_unsupported', 'The camera cannot describe this stream (406).'],
  408: ['camera_timeout', 'The camera was too slow for itself (408): restart it.'],
  410: ['camera_stream_not_found', 'The camera no longer has a stream at this path (410).'],
  415: ['camera_unsupported', 'The camera cannot send this stream (415).'],
  453: ['camera_unreachable', 'The camera has no bandwidth left for another viewer (453): close other viewers.'],
  454: ['camera_unreachable', 'The camera lost the session (454).'],
  461: ['camera_unsupported', 'The camera does not send RTP over TCP (461): switch TCP, or "RTP over RTSP", on.'],
  503: ['camera_unreachable', 'The camera is busy (503): close other viewers, or restart it.'],
  505: ['camera_unsupported', 'The camera speaks another version of RTSP (505).'],
  551: ['camera_unsupported', 'The camera lacks an option it needs (551).'],
};

/**
 * The error an answer stands for.
 * @param method the request that got it
 */
export function statusError(status: number, method: string): CameraError {
  const known = STATUSES[status];
  if (known !== undefined) {
    return new CameraError(...known);
  }
  if (status >= 300 && status < 400) {
    return new CameraError(
      'camera_redirected',
      `The camera redirects elsewhere (${status}), which is not followed: enter the address it really streams from.`,
    );
  }
  if (status === 405 || status === 501) {
    return new CameraError('camera_unsupported', `The camera does not know ${method} (${status}).`);
  }
  if (status >= 500) {
    return new CameraError('camera_unreachable', `The camera has a fault (${status} to ${method}): restart it.`);
  }
  return new CameraError('camera_unsupported', `The camera answers ${status} to ${method}.`);
}
