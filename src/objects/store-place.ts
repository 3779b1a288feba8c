const SESSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a club's bucket is. Nothing in it is secret. */
export interface S3Place {
  /** Scheme, host and port. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Empty, or a relative path that ends with a slash. */
  readonly prefix: string;
  /** The bucket in the path instead of in the host's name. */
  readonly pathStyle: boolean;
}

/** Where a club's storage zone is. Nothing in it is secret. */
export interface BunnyPlace {
  /** Scheme and host of the zone's region. */
  readonly endpoint: string;
  readonly zone: string;
  readonly prefix: string;
  /** Scheme and host of the pull zone; `null`: browsers get nothing from there. */
  readonly pullZone: string | null;
}

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface BunnyKeys {
  /** Of the storage zone. */
  readonly password: string;
  /** That signs addresses of the pull zone. */
  readonly tokenKey: string | null;
}

/** How files leave: through this service, or from the storage by an address that is good for a while. */
export type Deliver = 'proxy' | 'redirect';

/** A row of `club_storage`, as the driver gives it. */
export type StorageRow = {
  readonly club_id: number;
  readonly enabled: boolean;
  readonly keys_sealed: string;
  readonly key_id: string;
  readonly deliver: Deliver;
  readonly keep_local_days: number | null;
  readonly upload_mbit: number | null;
  readonly changed_at: Date;
} & ({ readonly kind: 's3'; readonly place: S3Place } | { readonly kind: 'bunny'; readonly place: BunnyPlace });

/** What a club's keys are bound to: copied to another row, they do not open. */
export function ownerOfStorage(clubId: number): string {
  return `storage:${clubId}`;
}

/** Where all of a club's videos lie in its storage. */
export function clubFolder(prefix: string, clubId: number): string {
  return `${prefix}${clubId}/`;
}

/** Where a video lies in its club's storage; a folder of its own, so that a list of it is short. */
export function objectKey(prefix: string, clubId: number, sessionId: string): string {
  return `${clubFolder(prefix, clubId)}${sessionId}/${sessionId}.mp4`;
}

/** Whether {@link objectKey} may have made that key in this folder of a club. */
export function isObjectKey(folder: string, key: string): boolean {
  const [sessionId = '', name, more] = key.startsWith(folder) ? key.slice(folder.length).split('/') : [];
  return SESSION.test(sessionId) && name === `${sessionId}.mp4` && more === undefined;
}
