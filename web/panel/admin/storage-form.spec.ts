import { bodyOf, formOf } from './storage-form';

const S3 = {
  ...{ kind: 's3' as const, enabled: true, endpoint: 'https://s3.example', prefix: '', region: 'eu-west-3' },
  ...{ bucket: 'videos', path_style: false, storage_zone: null, pull_zone_url: null, deliver: 'proxy' as const },
  ...{ keep_local_days: 7, upload_mbit: null, changed_at: '2026-05-01T00:00:00Z' },
};

it('sends no key that was not typed, and what was', () => {
  const form = formOf(S3);
  expect(bodyOf(form)).toEqual({
    ...{ kind: 's3', enabled: true, endpoint: 'https://s3.example', prefix: '', region: 'eu-west-3', bucket: 'videos' },
    ...{ path_style: false, deliver: 'proxy', keep_local_days: 7, upload_mbit: null },
  });
  expect(bodyOf({ ...form, secretKey: ' new ' })).toMatchObject({ secret_access_key: 'new' });
});

it('sends of a zone only what a zone has', () => {
  const body = bodyOf({ ...formOf(S3), kind: 'bunny', zone: 'club', password: 'secret', pullZone: ' ' });
  expect(body).toMatchObject({ kind: 'bunny', storage_zone: 'club', storage_password: 'secret', pull_zone_url: null });
  expect(body).not.toHaveProperty('bucket');
  expect(body).not.toHaveProperty('pull_zone_key');
});
