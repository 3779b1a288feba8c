import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { SecretBox, SecretBoxError } from '../common/secret-box';
import { AppConfig } from '../config/app-config';
import { OutgoingError } from '../proxy/outgoing-error';
import { OutgoingHttp } from '../proxy/outgoing-http';
import { SetStorageDto } from './dto/storage.dto';
import { BunnyKeys, BunnyPlace, ownerOfStorage, S3Keys, S3Place, StorageRow } from './store-place';

const NO_TLS = 'The address must begin with https://: videos and keys go there.';

/** What admins enter of a storage: which addresses are taken, and which keys it needs. */
@Injectable()
export class StoragePlaces {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly box: SecretBox,
    private readonly config: AppConfig,
  ) {}

  /** @throws ProblemException `url_forbidden`, `validation_failed` */
  placeOf(dto: SetStorageDto, networks: readonly string[] | null): S3Place | BunnyPlace {
    const endpoint = this.origin('endpoint', dto.endpoint, networks);
    const { prefix = '' } = dto;
    if (dto.kind === 's3') {
      const { region = 'us-east-1', path_style: pathStyle = true } = dto;
      return { endpoint, region, bucket: needed('bucket', dto.bucket), prefix, pathStyle };
    }
    const { pull_zone_url: url } = dto;
    const zone = needed('storage_zone', dto.storage_zone);
    return { endpoint, zone, prefix, pullZone: url ? this.origin('pull_zone_url', url, networks) : null };
  }

  /** Whether it is where it was: what is there is found there, and keys go to nobody else. */
  isSame(known: StorageRow, kind: StorageRow['kind'], place: S3Place | BunnyPlace): boolean {
    const core = (it: S3Place | BunnyPlace): string =>
      JSON.stringify([it.endpoint, it.prefix, 'bucket' in it ? it.bucket : it.zone]);
    return known.kind === kind && core(known.place) === core(place);
  }

  /** `null`: they do not open any more, and must be entered again. */
  open(row: StorageRow): S3Keys | BunnyKeys | null {
    try {
      return JSON.parse(this.box.open(row.keys_sealed, ownerOfStorage(row.club_id))) as S3Keys | BunnyKeys;
    } catch (error) {
      if (!(error instanceof SecretBoxError)) throw error;
      return null;
    }
  }

  /** @param kept those of the same place; what is not entered anew stays @throws ProblemException `validation_failed` */
  keysOf(dto: SetStorageDto, kept: S3Keys | BunnyKeys | null): S3Keys | BunnyKeys {
    if (dto.kind === 's3') {
      const known = kept as S3Keys | null;
      return {
        accessKeyId: needed('access_key_id', dto.access_key_id ?? known?.accessKeyId),
        secretAccessKey: needed('secret_access_key', dto.secret_access_key ?? known?.secretAccessKey),
      };
    }
    const known = kept as BunnyKeys | null;
    const password = needed('storage_password', dto.storage_password ?? known?.password);
    return { password, tokenKey: dto.pull_zone_key ?? known?.tokenKey ?? null };
  }

  private origin(field: string, url: string, networks: readonly string[] | null): string {
    try {
      const origin = this.http.check(url.replace(/\/$/, ''), networks);
      if (origin.startsWith('https://') || this.config.storageAllowHttp) return origin;
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      throw new ProblemException(
        'url_forbidden',
        error.message,
        { errors: [{ field, message: error.message }] },
        { cause: error },
      );
    }
    throw new ProblemException('url_forbidden', NO_TLS, { errors: [{ field, message: NO_TLS }] });
  }
}

function needed(field: string, text: string | undefined): string {
  if (text !== undefined) return text;
  const message = 'is needed here';
  throw new ProblemException('validation_failed', undefined, { errors: [{ field, message }] });
}
