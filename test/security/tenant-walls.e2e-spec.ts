import { OpenAPIObject } from '@nestjs/swagger';
import { PASSWORD } from '../support/club';
import { aboutNothing, ANGLE_ROUTES, ROUTES, RouteRow } from './route-table';
import { Caller, CALLERS, FOREIGN, TwoClubs } from './two-clubs';

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;
const REFUSED = [401, 403, 404];

interface Heard {
  readonly status: number;
  readonly body: string;
}

describe('tenant walls', () => {
  let world: TwoClubs;
  let document: OpenAPIObject;

  beforeAll(async () => {
    world = await TwoClubs.open();
    document = (await world.club.operator.get<OpenAPIObject>('/api/docs-json')).body;
  });

  afterAll(() => world?.close());

  async function send(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    endless = false,
  ): Promise<Heard> {
    const abort = new AbortController();
    const response = await fetch(`${world.club.service.url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: abort.signal,
    });
    if (endless && response.status === 200) abort.abort();
    return { status: response.status, body: abort.signal.aborted ? '' : await response.text() };
  }

  function bearer(caller: Caller): Record<string, string> {
    const { token } = world.api(caller);
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  async function ask(route: string, row: RouteRow, caller: Caller, headers = bearer(caller)): Promise<Heard> {
    const { path, body } = await row.ask(world, caller);
    return send(route.split(' ')[0] as string, path, body, headers, row.endless);
  }

  const expected = ({ statuses }: RouteRow): Record<string, number> => {
    const each = statuses.trim().split(/\s+/).map(Number);
    return Object.fromEntries(CALLERS.map((caller, i) => [caller, each[i] as number]));
  };

  it('has an expectation for every route there is, and for none that there is not', () => {
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      METHODS.filter((method) => operations[method]).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(Object.keys(ROUTES).sort()).toEqual(routes.sort());
  });

  it.each(Object.entries(ROUTES))('%s', async (route, row) => {
    const found: Record<string, number> = {};
    for (const caller of CALLERS) found[caller] = (await ask(route, row, caller)).status;
    expect(found).toEqual(expected(row));
  });

  it.each(Object.entries(ANGLE_ROUTES))('%s, of an angle', async (route, row) => {
    const found: Record<string, number> = {};
    for (const caller of CALLERS) {
      const { status, body } = await ask(route, row, caller);
      found[caller] = status;
      if (status === 409) expect(JSON.parse(body)).toMatchObject({ code: 'is_an_angle' });
    }
    expect(found).toEqual(expected(row));
  });

  it('tells nobody whether what is foreign exists', async () => {
    let compared = 0;
    for (const [route, row] of [...Object.entries(ROUTES), ...Object.entries(ANGLE_ROUTES)]) {
      for (const caller of FOREIGN.filter((one) => expected(row)[one] === 404)) {
        const method = route.split(' ')[0] as string;
        const real = await row.ask(world, caller);
        const none = aboutNothing(real);
        expect(none).not.toEqual(real);
        const [foreign, nothing] = [
          await send(method, real.path, real.body, bearer(caller)),
          await send(method, none.path, none.body, bearer(caller)),
        ];
        expect({ route, caller, ...foreign }).toEqual({ route, caller, ...nothing });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(40);
  });

  it.each(Object.entries(ROUTES))('%s: the media cookie opens media and nothing else', async (route, row) => {
    const operation = document.paths[route.split(' ')[1] as string]?.[route.split(' ')[0]?.toLowerCase() as 'get'];
    const media = operation?.security?.some((scheme) => 'media' in scheme) ?? false;
    const open = !(operation?.security ?? []).some((scheme) => 'bearer' in scheme);
    const login = { email: world.person('owner').email, password: PASSWORD };
    const response = await fetch(`${world.club.service.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(login),
    });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] as string);
    const cookie = cookies.find((one) => one.startsWith('padelvar_media')) as string;
    const { status } = await ask(route, row, 'owner', { cookie });
    const { owner } = expected(row);
    if (media || open) expect(status).toBe(owner);
    else expect(status).toBe(401);
  });

  it('answers what it refuses with a problem that says nothing of the thing', async () => {
    const { name } = (await world.club.desk.get<{ name: string }>(`/api/terrains/${world.courtId}`)).body;
    for (const [route, row] of Object.entries(ROUTES)) {
      const { status, body } = await ask(route, row, 'foreign admin');
      if (!REFUSED.includes(status)) continue;
      const problem = JSON.parse(body) as { code: string };
      expect(['not_found', 'forbidden', 'unauthorized']).toContain(problem.code);
      expect(body).not.toContain(name);
      expect(body).not.toContain('padelvar.test');
    }
  });
});
