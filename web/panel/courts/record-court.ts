import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, Schemas } from '../api/client';
import { ApiProblem } from '../api/problem';
import { duration } from '../i18n/format';
import { useConfirm } from '../ui/confirm';
import { sayDone, sayFailed } from '../ui/say';
import { type CourtState, courtsChanged } from './court-states';

/**
 * The open session of a court, or a new one.
 * @throws ApiProblem where the court is somebody else's now, or its camera does not answer
 */
export async function openCourt(courtId: number): Promise<string> {
  try {
    const body = { terrain_id: courtId };
    return (await answer(api.POST('/api/video/session/create', { body }))).session.session_id;
  } catch (error) {
    if (error instanceof ApiProblem && error.sessionId !== null) return error.sessionId;
    throw error;
  }
}

/** Opens the court where nobody did, and records. `ask` shows first what the club wants everybody to know. */
export function useRecordCourt(court: Pick<CourtState, 'terrain_id' | 'name' | 'session_id'>) {
  const { t } = useTranslation('courts');
  const confirm = useConfirm();
  const record = useMutation({
    mutationFn: async (minutes?: number) => {
      const session_id = court.session_id ?? (await openCourt(court.terrain_id));
      const body = { session_id, ...(minutes !== undefined && { duration_minutes: minutes }) };
      return answer(api.POST('/api/video/record/start', { body }));
    },
    onSuccess: () => sayDone(t('started', { court: court.name })),
    onError: sayFailed,
    onSettled: courtsChanged,
  });
  const ask = (note: string | null): void => {
    if (note === null || note === '') return record.mutate(undefined);
    const title = t('recordTitle', { court: court.name });
    confirm({ title, text: note, button: t('record'), onConfirm: () => record.mutate(undefined) });
  };
  return { start: (minutes: number) => record.mutate(minutes), ask, isPending: record.isPending };
}

/** Stops a recording, once it is confirmed: it cannot go on after that. */
export function useStopCourt(
  court: Pick<CourtState, 'name' | 'session_id'>,
  onStopped?: (recording: Schemas['RecordingView']) => void,
) {
  const { t } = useTranslation('courts');
  const confirm = useConfirm();
  const stop = useMutation({
    mutationFn: () => answer(api.POST('/api/video/record/stop', { body: { session_id: court.session_id as string } })),
    onSuccess: ({ recording }) => {
      sayDone(t(recording.status === 'ready' ? 'stopped' : 'stopping', { court: court.name }));
      onStopped?.(recording);
    },
    onError: sayFailed,
    onSettled: courtsChanged,
  });
  const ask = (seconds: number): void =>
    confirm({
      title: t('stopTitle', { court: court.name }),
      text: t('stopText', { time: duration(seconds) }),
      button: t('stop'),
      onConfirm: () => stop.mutate(),
    });
  return { ask, isPending: stop.isPending };
}
