import { LiveConnection, SignedOutError } from '../../live';
import { answer, api } from '../api/client';
import { ApiProblem } from '../api/problem';
import { auth } from './auth';

/** The one WebSocket of the page: all tiles and the court that is watched share it. */
export const live = new LiveConnection({ ticket });

async function ticket(): Promise<string> {
  try {
    return (await answer(api.POST('/api/preview/ticket'))).ticket;
  } catch (error) {
    throw error instanceof ApiProblem && error.status === 401 ? new SignedOutError() : error;
  }
}

let last = auth.get().user?.id;
// Another person sees other courts.
auth.subscribe(() => {
  const now = auth.get().user?.id;
  if (now !== last) live.reset();
  last = now;
});
document.addEventListener('visibilitychange', () => document.hidden || live.hurry());
