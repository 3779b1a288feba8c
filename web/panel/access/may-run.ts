import { isAdmin, useUser } from './use-access';

/** Whether this person may start, stop and close a session of this owner. */
export function useMayRun(ownerId: number | null): boolean {
  const user = useUser();
  return isAdmin(user) || user.id === ownerId;
}
