import type { Schemas } from '../api/client';

export type StorageKind = 'none' | Schemas['StorageView']['kind'];

/** What is typed of a storage; the keys begin empty, for they are never shown. */
export interface StorageForm {
  readonly kind: StorageKind;
  readonly enabled: boolean;
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly pathStyle: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly zone: string;
  readonly password: string;
  readonly pullZone: string;
  readonly pullKey: string;
  readonly deliver: 'proxy' | 'redirect';
  readonly keepDays: number | null;
  readonly mbit: number | null;
}

/** What the fields hold before anything is typed. */
export function formOf(storage: Schemas['StorageView'] | null): StorageForm {
  return {
    kind: storage?.kind ?? 'none',
    enabled: storage?.enabled ?? true,
    endpoint: storage?.endpoint ?? '',
    region: storage?.region ?? '',
    bucket: storage?.bucket ?? '',
    prefix: storage?.prefix ?? '',
    pathStyle: storage?.path_style ?? true,
    accessKey: '',
    secretKey: '',
    zone: storage?.storage_zone ?? '',
    password: '',
    pullZone: storage?.pull_zone_url ?? '',
    pullKey: '',
    deliver: storage?.deliver ?? 'proxy',
    keepDays: storage?.keep_local_days ?? null,
    mbit: storage?.upload_mbit ?? null,
  };
}

/** What is sent of it: keys that are empty stay as they are. */
export function bodyOf(form: StorageForm): Schemas['SetStorageDto'] {
  const { enabled, endpoint, prefix, deliver, keepDays: keep_local_days, mbit: upload_mbit } = form;
  const shared = { enabled, endpoint, prefix, deliver, keep_local_days, upload_mbit };
  if (form.kind === 'bunny') {
    return {
      ...shared,
      kind: 'bunny',
      storage_zone: form.zone,
      pull_zone_url: form.pullZone.trim() || null,
      ...typed('storage_password', form.password),
      ...typed('pull_zone_key', form.pullKey),
    };
  }
  return {
    ...shared,
    kind: 's3',
    bucket: form.bucket,
    path_style: form.pathStyle,
    ...typed('region', form.region),
    ...typed('access_key_id', form.accessKey),
    ...typed('secret_access_key', form.secretKey),
  };
}

function typed<Field extends string>(field: Field, text: string): { [F in Field]?: string } {
  return (text.trim() === '' ? {} : { [field]: text.trim() }) as { [F in Field]?: string };
}
