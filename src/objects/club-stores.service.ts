import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { SecretBox, SecretBoxError } from '../common/secret-box';
import { OutgoingHttp } from '../proxy/outgoing-http';
import { BunnyStore } from './bunny-store';
import { ObjectFault, ObjectStore } from './object-store';
import { Pace } from './pace';
import { S3Store } from './s3-store';
import { StoreHttp } from './store-http';
import { BunnyKeys, Deliver, ownerOfStorage, S3Keys, StorageRow } from './store-place';

/** A club's storage, ready to be asked. */
export interface ClubStore {
  readonly store: ObjectStore;
  readonly prefix: string;
  readonly enabled: boolean;
  readonly deliver: Deliver;
}

type Row = StorageRow & { readonly networks: string[] | null };

interface Kept {
  /** Of the row it was made of. */
  readonly version: string;
  readonly store: ObjectStore;
}

/** The storages of clubs. One is made once for as long as its row stays as it is. */
@Injectable()
export class ClubStores {
  private readonly kept = new Map<number, Kept>();
  private readonly paces = new Map<number, Pace>();

  constructor(
    private readonly database: DataSource,
    private readonly http: OutgoingHttp,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** `null`: the club has none. */
  async row(clubId: number, manager: EntityManager = this.database.manager): Promise<StorageRow | null> {
    const [row] = await manager.query<StorageRow[]>('SELECT * FROM club_storage WHERE club_id = $1', [clubId]);
    return row ?? null;
  }

  /** `null`: the club has none. @throws ObjectFault `storage_unreadable` */
  async of(clubId: number): Promise<ClubStore | null> {
    const [row] = await this.database.query<Row[]>(
      `SELECT s.*, c.camera_networks AS networks FROM club_storage s JOIN clubs c ON c.id = s.club_id WHERE s.club_id = $1`,
      [clubId],
    );
    if (!row) return null;
    const version = JSON.stringify([row.kind, row.place, row.keys_sealed, row.networks, row.upload_mbit]);
    let kept = this.kept.get(clubId);
    if (kept?.version !== version) {
      kept = { version, store: this.make(row) };
      this.kept.set(clubId, kept);
    }
    const { enabled, deliver, place } = row;
    return { store: kept.store, prefix: place.prefix, enabled, deliver };
  }

  private make(row: Row): ObjectStore {
    const http = new StoreHttp(this.http, row.networks, this.paceOf(row));
    if (row.kind === 's3') return new S3Store(row.place, this.keysOf<S3Keys>(row), http);
    return new BunnyStore(row.place, this.keysOf<BunnyKeys>(row), http, this.clock);
  }

  /** One for all uploads of the club. */
  private paceOf({ club_id: clubId, upload_mbit: mbit }: Row): Pace | null {
    if (mbit === null) return null;
    const bits = mbit * 1_000_000;
    const known = this.paces.get(clubId);
    const pace = known?.bitsPerSecond === bits ? known : new Pace(this.clock, bits);
    this.paces.set(clubId, pace);
    return pace;
  }

  private keysOf<T>({ club_id: clubId, keys_sealed: sealed }: Row): T {
    try {
      return JSON.parse(this.box.open(sealed, ownerOfStorage(clubId))) as T;
    } catch (error) {
      if (!(error instanceof SecretBoxError)) throw error;
      throw new ObjectFault('storage_unreadable', undefined, { cause: error });
    }
  }
}
