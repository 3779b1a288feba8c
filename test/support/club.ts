import { Api } from './api';
import { PLANTED } from './planted';
import { startTestApp, TestApp, TestAppOptions } from './test-app';

export const ADMIN = { email: 'operator@padelvar.test', password: `correct horse ${PLANTED}` };
export const PASSWORD = `a long ${PLANTED} word`;

/** A running service with one club in it. */
export interface TestClub {
  readonly service: TestApp;
  readonly clubId: number;
  /** SUPER_ADMIN. */
  readonly operator: Api;
  /** CLUB_ADMIN. */
  readonly desk: Api;
  readonly player: Api;
  /** Another player of the same club. */
  readonly other: Api;
  readonly ids: { readonly desk: number; readonly player: number; readonly other: number };
  addCourt(name: string, cameraUrl: string): Promise<number>;
  addUser(email: string, role: string): Promise<{ id: number; api: Api }>;
  close(): Promise<void>;
}

/** Starts the service and makes a club, its desk and two players through the API. */
export async function startTestClub(options: TestAppOptions = {}): Promise<TestClub> {
  const service = await startTestApp({
    ...options,
    env: { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, ...options.env },
  });
  try {
    return await furnish(service);
  } catch (error) {
    await service.close();
    throw error;
  }
}

async function furnish(service: TestApp): Promise<TestClub> {
  const operator = await Api.signedIn(service.url, ADMIN.email, ADMIN.password);
  const club = await operator.post<{ id: number }>('/api/clubs', { name: 'Padel Nord', time_zone: 'Europe/Paris' });
  const clubId = club.body.id;
  const addUser = async (email: string, role: string): Promise<{ id: number; api: Api }> => {
    const user = await operator.post<{ id: number }>(`/api/clubs/${clubId}/users`, {
      email,
      name: email.split('@')[0],
      password: PASSWORD,
      role,
    });
    if (user.status !== 201) throw new Error(`user not made: ${user.text}`);
    return { id: user.body.id, api: await Api.signedIn(service.url, email, PASSWORD) };
  };
  const desk = await addUser('desk@padelvar.test', 'CLUB_ADMIN');
  const player = await addUser('player@padelvar.test', 'PLAYER');
  const other = await addUser('other@padelvar.test', 'PLAYER');
  return {
    service,
    clubId,
    operator,
    desk: desk.api,
    player: player.api,
    other: other.api,
    ids: { desk: desk.id, player: player.id, other: other.id },
    addUser,
    addCourt: async (name, cameraUrl) => {
      const court = await desk.api.post<{ id: number }>(`/api/clubs/${clubId}/terrains`, {
        name,
        camera_url: cameraUrl,
      });
      if (court.status !== 201) throw new Error(`court not made: ${court.text}`);
      return court.body.id;
    },
    close: () => service.close(),
  };
}
