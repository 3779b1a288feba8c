import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AngleFilm, type CourtView, ReviewPlayer, reviewUrl } from '../../live';
import { type Angle, angleName } from '../angles/angle';
import type { Lack } from '../angles/angle-notes';
import type { Chosen } from '../angles/choice';
import type { Session } from './session-data';
import type { PlayedCourt } from './use-court-player';

/** Where a camera's live picture is. */
export type LivePlace = 'whole' | 'first' | 'second' | 'none';

export interface CourtAngles {
  /** None where the court has one camera. */
  readonly angles: readonly Angle[];
  readonly chosen: Chosen;
  choose(chosen: Chosen): void;
  /** The other cameras that are to be seen live. */
  readonly others: readonly string[];
  placeOf(id: string): LivePlace;
  /** An angle's player has come, or has changed. */
  report(id: string, played: PlayedCourt | null): void;
  /** What is seen, or the first of two. */
  readonly seen: PlayedCourt | null;
  /** Why a camera that was chosen is not seen live. */
  lackOf(id: string): Lack;
}

/** The cameras of a match that is on: which are seen, and where. */
export function useCourtAngles(session: Session, main: PlayedCourt | null, looking: boolean): CourtAngles {
  const { t } = useTranslation('angles');
  const { session_id: mainId } = session;
  const [chosen, choose] = useState<Chosen>([mainId]);
  const [played, setPlayed] = useState<Readonly<Record<string, PlayedCourt | null>>>({});
  const report = useCallback(
    (id: string, now: PlayedCourt | null): void => setPlayed((before) => ({ ...before, [id]: now })),
    [],
  );
  const playedOf = (id: string | undefined): PlayedCourt | null =>
    id === undefined ? null : id === mainId ? main : (played[id] ?? null);
  const isLive = (id: string): boolean => playedOf(id)?.view.phase === 'live';
  const angles = useMemo(() => {
    if (session.angles.length === 0) return [];
    const own: Angle = {
      id: mainId,
      name: angleName(session.camera_name, 0, t),
      state: stateOf(main?.view, 'reached'),
    };
    const others = session.angles.map(({ session_id: id, name, position, status, reason }): Angle => {
      const known = status === 'live' ? 'live' : status === 'connecting' && reason === null ? 'reached' : 'away';
      return { id, name: angleName(name, position, t), state: stateOf(played[id]?.view, known) };
    });
    return [own, ...others];
  }, [session, mainId, main?.view, played, t]);

  const [first, second] = chosen;
  const alone = second === undefined;
  const placeOf = (id: string): LivePlace => {
    if (!alone) return id === first ? 'first' : id === second ? 'second' : 'none';
    if (id === first && (id === mainId || isLive(id))) return 'whole';
    // Until the angle is there, and where it is away, the match is seen as before.
    return id === mainId ? 'whole' : 'none';
  };
  const mainSeen = alone ? first === mainId || !isLive(first ?? '') : chosen.includes(mainId);
  useHeld(main, looking || !mainSeen);
  const leader = alone ? null : (playedOf(first)?.player ?? null);
  const follower = alone ? null : (playedOf(second)?.player ?? null);
  useEffect(() => {
    if (leader === null || follower === null) return;
    follower.follow(leader);
    return () => follower.follow(null);
  }, [leader, follower]);

  const lackOf = (id: string): Lack => {
    if (isLive(id) || (id === mainId && alone)) return null;
    const state = angles.find((angle) => angle.id === id)?.state;
    return { why: state === 'away' ? 'away' : 'reached' };
  };
  return {
    ...{ angles, chosen, choose, placeOf, report, lackOf },
    others: chosen.filter((id) => id !== mainId),
    seen: alone && mainSeen ? main : playedOf(first),
  };
}

function stateOf(view: CourtView | undefined, otherwise: 'live' | 'reached' | 'away'): 'live' | 'reached' | 'away' {
  if (view === undefined || view.phase === 'failed') return otherwise;
  if (view.phase === 'live') return 'live';
  return view.phase === 'connecting' ? (otherwise === 'live' ? 'reached' : otherwise) : 'away';
}

/** Stands still while something else is seen, and is there at once afterwards. */
export function useHeld(played: PlayedCourt | null, held: boolean): void {
  const player = played?.player;
  useEffect(() => {
    if (!held || player === undefined) return;
    player.hold();
    return () => player.resume();
  }, [player, held]);
}

/** What other cameras film of a match that is on, to be looked back into. */
export function filmsOf(session: Session): readonly AngleFilm[] {
  return session.angles.flatMap(({ session_id: id, offset_seconds: offset, recording_status, camera: { fps } }) => {
    if (offset === null || recording_status === null) return [];
    return {
      // It goes on as the match does.
      ...{ id, offset, fps, seconds: Infinity },
      open: (video, start) => Promise.resolve(new ReviewPlayer(video, reviewUrl(id), { ...start, fps, play: false })),
    };
  });
}
