import { type RefObject, useEffect, useState } from 'react';
import { CourtPlayer, type CourtPlayerOptions, type CourtView } from '../../live';
import { live } from '../access/live';

export interface PlayedCourt {
  readonly player: CourtPlayer;
  readonly view: CourtView;
}

/** Shows a session live in an element, and tells how it goes. */
export function useCourtPlayer(
  stage: RefObject<HTMLElement | null>,
  sessionId: string | null,
  told: Omit<CourtPlayerOptions, 'onChange'>,
): PlayedCourt | null {
  const [played, setPlayed] = useState<PlayedCourt | null>(null);
  useEffect(() => {
    if (stage.current === null || sessionId === null) return;
    const tell = (): void => setPlayed({ player, view: player.view });
    const player = new CourtPlayer(stage.current, live, sessionId, { ...told, onChange: tell });
    tell();
    return () => {
      player.destroy();
      setPlayed(null);
    };
    // What is told goes to whoever looks now.
  }, [stage, sessionId]);
  return played;
}
