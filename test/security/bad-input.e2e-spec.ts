import { createHmac } from 'node:crypto';
import { PASSWORD, startTestClub, TestClub } from '../support/club';
import { VideoShelf } from '../support/video-shelf';
import { ApiRoute, fillPath, listRoutes, Schema } from './api-routes';

interface Problem {
  readonly code?: string;
  readonly errors?: readonly { readonly field: string }[];
}
interface Heard extends Problem {
  readonly status: number;
}

/** No id of anything, whatever kind of id is asked for. As they stand in a path. */
const NO_IDS = [
  'abc',
  '0',
  '-1',
  '+1',
  '01',
  '1e3',
  '0x1',
  '1.5',
  '1.0',
  '9007199254740993',
  '99999999999999999999999999',
  'NaN',
  'null',
  'undefined',
  '%00',
  '1%00',
  '%0a1',
  '%201',
  '..%2f',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%5c',
  '1;2',
  '1,2',
  '[1]',
  '%7B%22id%22:1%7D',
  '%EF%BC%91',
  '%D9%A1',
  "1'%20OR%20'1'='1",
  '*',
  '%ff',
  'x'.repeat(2_000),
];

/** The same in a query. */
const NO_NUMBERS = [
  '',
  'abc',
  '0',
  '-1',
  '1e3',
  '0x1',
  '1.5',
  '%201',
  '1%20',
  '9007199254740993',
  '[1]',
  '{}',
  '%00',
  '%ff',
];

const TOO_DEEP = `{"a":${'['.repeat(30)}${']'.repeat(30)}}`;
const BODIES: readonly (readonly [name: string, body: string | Buffer, status: number, code: string])[] = [
  ['a megabyte', `{"a":"${'x'.repeat(1 << 20)}"}`, 413, 'payload_too_large'],
  ['a megabyte of white space', `{}${' '.repeat(1 << 20)}`, 413, 'payload_too_large'],
  ['thirty levels', TOO_DEEP, 400, 'validation_failed'],
  ['fifty thousand levels', '['.repeat(50_000), 400, 'validation_failed'],
  ['a key twice', '{"name":"a","name":"b"}', 400, 'validation_failed'],
  ['a key twice, once in disguise', '{"name":"a","n\\u0061me":"b"}', 400, 'validation_failed'],
  ['__proto__', '{"__proto__":{"role":"SUPER_ADMIN"}}', 400, 'validation_failed'],
  ['__proto__ in disguise', '{"\\u005f_proto__":{}}', 400, 'validation_failed'],
  ['__proto__ inside', '{"name":{"__proto__":{}}}', 400, 'validation_failed'],
  ['constructor', '{"constructor":{"prototype":{}}}', 400, 'validation_failed'],
  ['a list', '[]', 400, 'validation_failed'],
  ['a text', '"text"', 400, 'validation_failed'],
  ['a number', '1e309', 400, 'validation_failed'],
  ['null', 'null', 400, 'validation_failed'],
  ['NUL in a text', '{"name":"a\\u0000b"}', 400, 'validation_failed'],
  ['NUL in a key', '{"a\\u0000":1}', 400, 'validation_failed'],
  ['a field nobody knows', '{"surprise":1}', 400, 'validation_failed'],
  ['half of it', '{"name":', 400, 'malformed_json'],
  ['two of them', '{}{}', 400, 'malformed_json'],
  ['NaN', '{"name":NaN}', 400, 'malformed_json'],
  ['a NUL byte', '{"name":"a\0"}', 400, 'malformed_json'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'malformed_json'],
];

/** JSON texts of values that a field of this schema never takes. */
function wrongValues(name: string, schema: Schema): string[] {
  const { type, nullable, minimum, maximum, format, enum: choices, allOf } = schema;
  const none = ['{}', '{"$ne":null}', '[[]]', '[{}]', ...(nullable ? [] : ['null'])];
  const kind = choices || allOf ? 'string' : type;
  switch (kind) {
    case 'boolean':
      return [...none, '"true"', '1', '0', '[]', '""'];
    case 'array':
      return [...none, '7', '"x"', 'true', '[null]', '[true]', '[[1]]'];
    case 'integer':
    case 'number': {
      // A time in seconds may be 0, and may have a fraction; of the others, 0 is good where the document says so.
      const zero = minimum === 0 ? [] : ['0'];
      const whole = type === 'integer' || !/seconds/.test(name) ? ['0.1', '1.5', ...zero, '-1'] : [];
      const wrong = [...whole, '1e309', '-1e309', '9007199254740993', '"60"', '""', 'true', '[60]', '[]'];
      const bounds = [...(minimum === undefined ? [] : [minimum - 1]), ...(maximum === undefined ? [] : [maximum + 1])];
      return [...none, ...wrong, ...bounds.map((bound) => `${bound}`)];
    }
    default: {
      const chosen = choices || format ? ['""', '"0"', '"../1"', '"1\\n"', '"__proto__"'] : [];
      return [...none, '7', '1e309', 'true', '[]', '["a"]', `"${'x'.repeat(5_000)}"`, ...chosen];
    }
  }
}

describe('bad input', () => {
  let club: TestClub;
  let routes: ApiRoute[];

  beforeAll(async () => {
    club = await startTestClub();
    routes = await listRoutes(club.operator);
  });

  afterAll(() => club?.close());

  async function send(
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Record<string, string> = { authorization: `Bearer ${club.operator.token}` },
  ): Promise<Heard> {
    const typed = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${club.service.url}${path}`, {
      method,
      headers: body === undefined ? headers : typed,
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
    return { ...(isProblem ? (JSON.parse(text) as Problem) : {}), status: response.status };
  }

  describe('ids that are none', () => {
    it.each(NO_IDS)('in the path of every route: %s', async (id) => {
      const taken: unknown[] = [];
      let asked = 0;
      for (const route of routes) {
        for (const parameter of route.pathParameters) {
          // A word that was handed out, of which there is none; and a number that may begin at zero.
          if (['token', 'key'].includes(parameter) && !/%00|%ff/.test(id)) continue;
          if (parameter === 'part' && ['0', '01'].includes(id)) continue;
          if (parameter === 'position' && id === '0') continue;
          const { status, code, errors } = await send(route.method, fillPath(route, { [parameter]: id }));
          const fields = errors?.map(({ field }) => field) ?? [];
          // What cannot be decoded has no parameter to be named.
          const named = id === '%ff' || fields.some((field) => [parameter, 'path'].includes(field));
          if (status !== 400 || code !== 'validation_failed' || !named)
            taken.push([route.name, parameter, status, fields]);
          asked++;
        }
      }
      expect(taken).toEqual([]);
      expect(asked).toBeGreaterThan(20);
    });

    it.each(NO_NUMBERS)('in the query of every route: %j', async (value) => {
      const taken: unknown[] = [];
      for (const route of routes) {
        for (const [name, { type }] of Object.entries(route.queryParameters)) {
          if (name === 'cursor' || (type !== 'integer' && type !== 'number')) continue;
          const { status, code } = await send(route.method, `${fillPath(route)}?${name}=${value}`);
          if (status !== 400 || code !== 'validation_failed') taken.push([route.name, name, status]);
        }
      }
      expect(taken).toEqual([]);
    });

    it('and parameters that come twice, cursors of nobody, and words for yes and no', async () => {
      const taken: unknown[] = [];
      for (const route of routes) {
        for (const [name, { type }] of Object.entries(route.queryParameters)) {
          const wrong = [`${name}=1&${name}=1`, `${name}=1&%${name.charCodeAt(0).toString(16)}${name.slice(1)}=2`];
          if (name === 'cursor')
            wrong.push('cursor=', 'cursor=abc', 'cursor=WzFd=', 'cursor=W10', `cursor=${'A'.repeat(513)}`);
          if (type === 'boolean') wrong.push(`${name}=yes`, `${name}=1`, `${name}=`, `${name}=TRUE`);
          for (const query of wrong) {
            const { status, code } = await send(route.method, `${fillPath(route)}?${query}`);
            if (status !== 400 || code !== 'validation_failed') taken.push([route.name, query, status]);
          }
        }
      }
      expect(taken).toEqual([]);
    });
  });

  describe('bodies', () => {
    const withBody = (): (ApiRoute & { fields: Record<string, Schema> })[] =>
      routes.filter((route): route is ApiRoute & { fields: Record<string, Schema> } => route.fields !== null);

    it.each(BODIES)('of %s, on every route', async (_name, body, status, code) => {
      const heard = await Promise.all(
        withBody().map(async (route) => [route.name, await send(route.method, fillPath(route), body)] as const),
      );
      expect(heard.length).toBeGreaterThan(10);
      expect(heard.filter(([, one]) => one.status !== status || one.code !== code)).toEqual([]);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json; charset=utf-16',
      '',
    ])('of the type %j, on every route', async (type) => {
      const headers = { authorization: `Bearer ${club.operator.token}`, 'content-type': type };
      for (const route of withBody()) {
        const { status, code } = await send(route.method, fillPath(route), Buffer.from('{}'), headers);
        expect([route.name, status, code]).toEqual([route.name, 415, 'unsupported_media_type']);
      }
    });

    it('with a value of another kind in any field of any route name the field', async () => {
      const taken: unknown[] = [];
      let asked = 0;
      for (const route of withBody()) {
        for (const [name, schema] of Object.entries(route.fields)) {
          for (const value of wrongValues(name, schema)) {
            const { status, errors } = await send(route.method, fillPath(route), `{"${name}":${value}}`);
            const named = errors?.some(({ field }) => field.split('.')[0] === name) ?? false;
            if (status !== 400 || !named) taken.push([route.name, name, value.slice(0, 40), status]);
            asked++;
          }
        }
      }
      expect(taken).toEqual([]);
      expect(asked).toBeGreaterThan(400);
    });
  });

  describe('tokens', () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

    /** `Authorization` values that look like somebody's, made from a real sign-in. */
    async function forgeries(): Promise<Record<string, string>> {
      const login = await fetch(`${club.service.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'desk@padelvar.test', password: PASSWORD }),
      });
      const { access_token, refresh_token } = (await login.json()) as { access_token: string; refresh_token: string };
      const media = /padelvar_media=([^;]+)/.exec(login.headers.getSetCookie().join())?.[1] as string;
      const [header = '', payload = '', signature = ''] = access_token.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      const sign = (hash: string, head: object, body: object, key: string | Buffer): string => {
        const signed = `${encode(head)}.${encode(body)}`;
        return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
      };
      const { jwtSecret } = club.service.config;
      const bearer = {
        'no algorithm': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
        'no algorithm, a signature': `${encode({ alg: 'None', typ: 'JWT' })}.${payload}.${signature}`,
        'another algorithm': sign('sha512', { alg: 'HS512', typ: 'JWT' }, claims, jwtSecret),
        'another key': sign('sha256', { alg: 'HS256', typ: 'JWT' }, claims, 'x'.repeat(64)),
        'an empty key': sign('sha256', { alg: 'HS256', typ: 'JWT' }, claims, ''),
        expired: sign('sha256', { alg: 'HS256', typ: 'JWT' }, { ...claims, iat: 1_000_000, exp: 1_000_600 }, jwtSecret),
        edited: `${header}.${encode({ ...claims, sub: '1' })}.${signature}`,
        'a signature cut short': access_token.slice(0, -4),
        'a refresh token': refresh_token,
        'a media cookie': media,
        'the cookie with its name': `padelvar_media=${media}`,
        nothing: '',
        undefined: 'undefined',
      };
      return {
        ...Object.fromEntries(Object.entries(bearer).map(([name, token]) => [name, `Bearer ${token}`])),
        'another scheme': `Basic ${Buffer.from(`desk@padelvar.test:${PASSWORD}`).toString('base64')}`,
        'no scheme': access_token,
        'two at once': `Bearer ${refresh_token}, Bearer ${access_token}`,
      };
    }

    it('that are none of ours open no route', async () => {
      const taken: unknown[] = [];
      const forged = await forgeries();
      const closed = routes.filter((route) => route.closed);
      expect(closed.length).toBeGreaterThan(30);
      for (const [name, authorization] of Object.entries(forged)) {
        for (const route of closed) {
          const body = route.fields ? '{}' : undefined;
          const { status, code } = await send(route.method, fillPath(route), body, { authorization });
          if (status !== 401 || code !== 'unauthorized') taken.push([name, route.name, status]);
        }
      }
      expect(taken).toEqual([]);
    });

    it('open nothing from a query', async () => {
      const { token = '' } = club.desk;
      for (const name of ['token', 'access_token', 'jwt', 'authorization', 'auth']) {
        expect((await send('GET', `/api/auth/me?${name}=${token}`, undefined, {})).status).toBe(401);
      }
    });
  });

  describe('ranges of a download', () => {
    let path: string;
    const bytes = 10_000;

    beforeAll(async () => {
      const shelf = await VideoShelf.of(club.service, club.operator, club.clubId);
      path = `/api/video/files/${await shelf.put({ bytes })}/download`;
    });

    it.each([
      ['bytes=', 200],
      ['bytes=-', 200],
      ['bytes=--5', 200],
      ['bytes=5', 200],
      ['bytes=0-0x5', 200],
      ['bytes=0-5,', 200],
      ['BYTES=0-5', 200],
      ['bytes=0-5, 7-9', 200],
      ['bytes=9007199254740993-', 416],
      ['bytes=99999999999999999999999999999999-', 416],
      ['bytes=10000-', 416],
      ['bytes=9999-', 206],
      ['bytes=-9007199254740993', 206],
      ['bytes=-99999999999999999999999999999999', 206],
      ['bytes=0-9007199254740993', 206],
      ['bytes=1e3-2e3', 200],
    ])('%s', async (range, status) => {
      const answer = await club.desk.bytes(path, { range });
      const found = answer.response.headers.get('content-range');
      expect([answer.response.status, answer.response.status === 206]).toEqual([
        status,
        found !== null && status !== 416,
      ]);
      if (status === 200) expect(answer.body).toHaveLength(bytes);
      const [, from, to] = /^bytes (\d+)-(\d+)\/10000$/.exec(found ?? '') ?? [];
      if (status === 206) expect(answer.body).toHaveLength(Number(to) - Number(from) + 1);
      if (status === 416) expect(found).toBe('bytes */10000');
    });

    it('that are a thousand, and two of them apart, are the whole file', async () => {
      const range = `bytes=${'0-0,'.repeat(1_000)}5-5`;
      expect((await club.desk.bytes(path, { range })).body).toHaveLength(bytes);
    });

    it.each(['"another"', 'W/"weak"', 'Thu, 01 Jan 1970 00:00:00 GMT', 'nonsense'])(
      'with If-Range %s, which is stale, are the whole file',
      async (version) => {
        const answer = await club.desk.bytes(path, { range: 'bytes=0-9', 'if-range': version });
        expect([answer.response.status, answer.body.length]).toEqual([200, bytes]);
      },
    );
  });
});
