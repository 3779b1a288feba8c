import { useSyncExternalStore } from 'react';
import { Access, auth, User } from './auth';

/** Who is signed in, as it changes. */
export function useAccess(): Access {
  return useSyncExternalStore(auth.subscribe, auth.get);
}

/** The person signed in; for pages behind the sign-in. */
export function useUser(): User {
  const access = useAccess();
  if (access.user === null) throw new Error('nobody is signed in');
  return access.user;
}

/** What the person may do in the club that is looked at. */
export function isAdmin(user: User): boolean {
  return user.role !== 'PLAYER';
}
