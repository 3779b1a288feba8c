import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { answer, api, Schemas } from '../api/client';
import { useUser } from './use-access';

export type Club = Schemas['ClubView'];

const KEY = 'padelvar.club';
const listeners = new Set<() => void>();

/** The club a SUPER_ADMIN looks at: they are in none. */
export const chosenClub = {
  get: (): number | null => Number(localStorage.getItem(KEY)) || null,
  set: (id: number): void => {
    localStorage.setItem(KEY, String(id));
    for (const listener of [...listeners]) listener();
  },
  forget: (): void => localStorage.removeItem(KEY),
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** All clubs the person may look at. A hundred at most: beyond that a SUPER_ADMIN goes through the list of clubs. */
export function useClubs() {
  return useQuery({
    queryKey: ['clubs'],
    queryFn: async () => (await answer(api.GET('/api/clubs', { params: { query: { limit: 100 } } }))).clubs,
    staleTime: 60_000,
  });
}

/** The club that is looked at; `null`: there is none yet, or it is not known yet. */
export function useClubId(): number | null {
  const user = useUser();
  const chosen = useSyncExternalStore(chosenClub.subscribe, chosenClub.get);
  const clubs = useClubs().data;
  if (user.role !== 'SUPER_ADMIN') return user.club_id;
  return clubs?.find(({ id }) => id === chosen)?.id ?? clubs?.[0]?.id ?? null;
}

/** The same, with its name and rules. */
export function useClub(): Club | null {
  const id = useClubId();
  return useClubs().data?.find((club) => club.id === id) ?? null;
}
