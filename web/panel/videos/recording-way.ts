import { FilePlayer, fileUrl, type RecordingPlayer, ReviewPlayer, reviewUrl } from '../../live';
import { auth } from '../access/auth';
import { ApiProblem } from '../api/problem';

/** How a recording is played: by its fragments where they are still there, or as the file that it is. */
export type Way = 'review' | 'file';

interface Recording {
  readonly sessionId: string;
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
  readonly fps: number | null;
}

interface Start {
  readonly startAt: number;
  readonly play: boolean;
  readonly onChange: () => void;
  readonly onFailed: (error: Error) => void;
}

/** Asks as whoever is signed in, which renews the right to load media where it has run out. */
export async function wayOf(sessionId: string): Promise<Way> {
  const { ok, status } = await auth.fetch(new Request(reviewUrl(sessionId), { method: 'HEAD' }));
  if (status === 401) throw new ApiProblem(status, 'unauthorized', '');
  return ok ? 'review' : 'file';
}

export function playRecording(
  way: Way,
  video: HTMLVideoElement,
  { sessionId, gaps, fps }: Recording,
  start: Start,
): RecordingPlayer {
  const options = { ...start, fps };
  if (way === 'review') return new ReviewPlayer(video, reviewUrl(sessionId), options);
  return new FilePlayer(video, fileUrl(sessionId), { ...options, gaps });
}
