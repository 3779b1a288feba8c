import { useQuery } from '@tanstack/react-query';
import { answer, api, Schemas } from '../api/client';
import { queries } from '../app/queries';
import { courtsChanged, isRunning } from '../courts/court-states';

export type Session = Schemas['SessionView'];
export type Recording = Schemas['RecordingView'];

const RECORDING_MS = 2_000;
const QUIET_MS = 10_000;
const key = (id: string | null) => ['session', id];

/** A session with its recording; while it records, what is written is asked for every two seconds. */
export function useSession(id: string | null) {
  return useQuery({
    queryKey: key(id),
    queryFn: async () => {
      const params = { path: { id: id as string } };
      return (await answer(api.GET('/api/video/session/{id}', { params }))).session;
    },
    enabled: id !== null,
    refetchInterval: ({ state }) => {
      const recording = state.data?.recording;
      return isRunning(recording) || recording?.active ? RECORDING_MS : QUIET_MS;
    },
  });
}

/** The service answered with a newer one. */
export function sessionIs(session: Session): void {
  queries.setQueryData(key(session.session_id), session);
  void courtsChanged();
}

/** Something was done to it. */
export async function sessionChanged(id: string): Promise<void> {
  await Promise.all([queries.invalidateQueries({ queryKey: key(id) }), courtsChanged()]);
}
