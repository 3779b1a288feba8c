import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Angle, angleName } from '../angles/angle';
import type { AngleFilm } from '../../live';
import { queries } from '../app/queries';
import { playRecording, wayOf } from './recording-way';
import { isThere, type Session, type Video, type VideoAngle, videoQuery } from './videos-data';

/** The cameras of a video as one chooses among them, the match's own first; none where it has only that. */
export function useVideoAngles(video: Video): readonly Angle[] {
  const { t } = useTranslation('angles');
  const { session_id: id, camera_name, angles } = video;
  return useMemo(() => {
    if (angles.length === 0) return [];
    const main: Angle = { id, name: angleName(camera_name, 0, t), state: null };
    const others = angles.map((angle): Angle => {
      const { session_id, name, position } = angle;
      return { id: session_id, name: angleName(name, position, t), state: stateOf(angle) };
    });
    return [main, ...others];
  }, [id, camera_name, angles, t]);
}

function stateOf(angle: VideoAngle): Angle['state'] {
  if (isThere(angle)) return null;
  return angle.status === 'failed' || angle.status === 'ready' ? 'none' : 'unfinished';
}

/** What other cameras filmed of a match, to be played. */
export function filmsOf(video: Video, session: Session | null): readonly AngleFilm[] {
  return video.angles.filter(isThere).map(({ session_id: id, duration_seconds, offset_seconds }) => {
    const fps = session?.angles.find(({ session_id }) => session_id === id)?.camera.fps ?? null;
    return {
      ...{ id, fps, offset: offset_seconds ?? 0, seconds: duration_seconds ?? 0 },
      open: async (element, start) => {
        const [way, own] = await Promise.all([wayOf(id), queries.fetchQuery(videoQuery(id))]);
        return playRecording(way, element, { sessionId: id, gaps: gapsOf(own), fps }, { ...start, play: false });
      },
    };
  });
}

/** Where a video has no picture. */
export function gapsOf(video: Video | null): { start: number; end: number }[] {
  return (video?.gaps ?? []).map(({ start_seconds: start, end_seconds: end }) => ({ start, end }));
}
