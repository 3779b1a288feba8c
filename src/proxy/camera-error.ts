/** What can be wrong with a camera; each code is also a problem code of the API. */
export type CameraErrorCode =
  | 'camera_address_forbidden'
  | 'camera_scheme_unsupported'
  | 'camera_unreachable'
  | 'camera_unauthorized'
  | 'camera_stream_not_found'
  | 'camera_redirected'
  | 'camera_unsupported'
  | 'camera_timeout';

/**
 * A camera does not do what it should. `message` is a sentence a club can act on; it never holds the camera's user name,
 * password, or query string.
 */
export class CameraError extends Error {
  constructor(
    readonly code: CameraErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CameraError';
  }
}
