import { randomBytes } from 'node:crypto';
import { ProblemException } from '../common/problem';
import { SecretBox } from '../common/secret-box';
import { AppConfig } from '../config/app-config';
import { OutgoingHttp } from '../proxy/outgoing-http';
import { SetStorageDto } from './dto/storage.dto';
import { StoragePlaces } from './storage-places';
import { StorageRow } from './store-place';

const box = new SecretBox([randomBytes(32)]);
const http = { check: (url: string) => url } as unknown as OutgoingHttp;
const places = (storageAllowHttp: boolean): StoragePlaces =>
  new StoragePlaces(http, box, { storageAllowHttp } as AppConfig);
const dto: SetStorageDto = { kind: 's3', endpoint: 'http://10.0.0.5:9000', bucket: 'videos' };

it('takes no address without TLS unless the operator allows it', () => {
  expect(places(true).placeOf(dto, null)).toMatchObject({ endpoint: 'http://10.0.0.5:9000', pathStyle: true });
  expect(() => places(false).placeOf(dto, null)).toThrow(ProblemException);
  const pull: SetStorageDto = { kind: 'bunny', endpoint: 'https://s', storage_zone: 'z', pull_zone_url: 'http://p' };
  expect(() => places(false).placeOf(pull, null)).toThrow(/https/);
});

it('keeps keys for the place they were entered for', () => {
  const place = places(true).placeOf(dto, null);
  const known = { kind: 's3', place } as StorageRow;
  expect(places(true).isSame(known, 's3', { ...place, prefix: '' })).toBe(true);
  for (const other of [{ endpoint: 'http://elsewhere' }, { bucket: 'others' }, { prefix: 'else/' }]) {
    expect(places(true).isSame(known, 's3', { ...place, ...other })).toBe(false);
  }
  const keys = { accessKeyId: 'a', secretAccessKey: 'b' };
  expect(places(true).keysOf({ ...dto, secret_access_key: 'c' }, keys)).toEqual({ ...keys, secretAccessKey: 'c' });
  expect(() => places(true).keysOf(dto, null)).toThrow(ProblemException);
});
