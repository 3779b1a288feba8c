import request from 'supertest';
import { PLANTED } from '../../support/planted';
import { startTestApp, TestApp, TestAppOptions } from '../../support/test-app';

export const SUPER = { email: 'root@padel.example', password: `a long ${PLANTED} secret` };
export const PASSWORD = `correct ${PLANTED} battery`;

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly user: { id: number; role: string; club_id: number | null; memberships: unknown[] };
}

/** A service with a SUPER_ADMIN, and the few calls every test of accounts makes. */
export class World {
  constructor(readonly service: TestApp) {}

  static async start(options: TestAppOptions = {}): Promise<World> {
    const env = { ADMIN_EMAIL: SUPER.email, ADMIN_PASSWORD: SUPER.password, ...options.env };
    return new World(await startTestApp({ ...options, env }));
  }

  call(method: 'get' | 'post' | 'patch' | 'delete', path: string, token?: string): request.Test {
    const call = request(this.service.url)[method](path);
    return token === undefined ? call : call.set('Authorization', `Bearer ${token}`);
  }

  async login(email: string, password = PASSWORD): Promise<Tokens> {
    const { body } = await this.call('post', '/api/auth/login').send({ email, password }).expect(200);
    return body as Tokens;
  }

  async superToken(): Promise<string> {
    return (await this.login(SUPER.email, SUPER.password)).access_token;
  }

  async club(token: string, name: string): Promise<number> {
    const answer = await this.call('post', '/api/clubs', token).send({ name, time_zone: 'Europe/Paris' }).expect(201);
    return (answer.body as { id: number }).id;
  }

  async user(token: string, clubId: number, email: string, role: string): Promise<number> {
    const answer = await this.call('post', `/api/clubs/${clubId}/users`, token)
      .send({ email, name: email, password: PASSWORD, role })
      .expect(201);
    return (answer.body as { id: number }).id;
  }

  async court(token: string, clubId: number, cameraUrl: string): Promise<number> {
    const answer = await this.call('post', `/api/clubs/${clubId}/terrains`, token)
      .send({ name: 'Court 1', camera_url: cameraUrl })
      .expect(201);
    return (answer.body as { id: number }).id;
  }
}
