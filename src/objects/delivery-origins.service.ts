import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { StorageRow } from './store-place';

/** What another process has changed is known after so long. */
const REFRESH_MS = 15_000;

/**
 * The origins from which clubs have their files given (`deliver: "redirect"`): pages must be allowed to play from there
 * (`media-src` of CSP Level 3), and from nowhere else.
 */
@Injectable()
export class DeliveryOrigins implements OnApplicationBootstrap {
  private readonly logger = new Logger(DeliveryOrigins.name);
  private known: ReadonlyMap<number, string> = new Map();

  constructor(private readonly database: DataSource) {}

  /** Not waited for: until then videos are played where they are refused, and asked for again. */
  onApplicationBootstrap(): void {
    void this.refresh();
  }

  /** All clubs'; empty, or with a space before each. */
  get sources(): string {
    return [...new Set(this.known.values())].map((origin) => ` ${origin}`).join('');
  }

  /** One club's, written so too. */
  sourceOf(clubId: number): string {
    const origin = this.known.get(clubId);
    return origin === undefined ? '' : ` ${origin}`;
  }

  @Interval(REFRESH_MS)
  async refresh(): Promise<void> {
    try {
      const rows = await this.database.query<StorageRow[]>(
        `SELECT club_id, kind, place FROM club_storage WHERE deliver = 'redirect'`,
      );
      this.known = new Map(rows.flatMap((row) => entryOf(row)));
    } catch (error) {
      this.logger.debug({ err: error }, 'Where clubs have their files given could not be looked up.');
    }
  }
}

function entryOf(row: StorageRow): [number, string][] {
  const origin = row.kind === 'bunny' ? row.place.pullZone : originOfBucket(row.place);
  return origin === null ? [] : [[row.club_id, origin]];
}

/** As the SDK makes addresses. */
function originOfBucket({ endpoint, bucket, pathStyle }: Extract<StorageRow, { kind: 's3' }>['place']): string {
  return pathStyle ? endpoint : endpoint.replace('://', `://${bucket}.`);
}
