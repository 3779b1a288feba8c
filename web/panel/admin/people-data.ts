import { answer, api, type Schemas } from '../api/client';
import { queries } from '../app/queries';
import { useEndless } from './endless';

export type Person = Schemas['UserView'];
export type Invitation = Schemas['InvitationView'];

/** People who come at once; the service has no search, so many are better than few. */
const LIMIT = 100;

/** A club's people, as its admins see them. */
export function usePeople(clubId: number) {
  return useEndless({
    key: ['people', clubId],
    ask: (page) => {
      const params = { path: { id: clubId }, query: { limit: LIMIT, ...page } };
      return answer(api.GET('/api/clubs/{id}/users', { params }));
    },
    itemsOf: ({ users }) => users,
  });
}

/** Invitations that nobody has accepted yet. */
export function useInvitations(clubId: number) {
  return useEndless({
    key: ['invitations', clubId],
    ask: (page) => answer(api.GET('/api/clubs/{id}/invitations', { params: { path: { id: clubId }, query: page } })),
    itemsOf: ({ invitations }) => invitations,
  });
}

/** Somebody came, went or is another. */
export async function peopleChanged(): Promise<void> {
  await Promise.all(['people', 'invitations'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** @throws ApiProblem `own_account`, `forbidden` (in another club, too), `email_taken`, `validation_failed` */
export function changePerson(id: number, body: Schemas['UpdateUserDto']): Promise<Person> {
  return answer(api.PATCH('/api/users/{id}', { params: { path: { id } }, body }));
}
