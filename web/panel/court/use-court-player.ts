import { type RefObject, useEffect, useState } from 'react';
import { CourtPlayer, type CourtView, type GapMessage } from '../../live';
import { live } from '../access/live';

export interface PlayedCourt {
  readonly player: CourtPlayer;
  readonly view: CourtView;
}

/** Shows a session live in an element, and tells how it goes. */
export function useCourtPlayer(
  stage: RefObject<HTMLElement | null>,
  sessionId: string | null,
  onGap: (gap: GapMessage) => void,
): PlayedCourt | null {
  const [played, setPlayed] = useState<PlayedCourt | null>(null);
  useEffect(() => {
    if (stage.current === null || sessionId === null) return;
    const tell = (): void => setPlayed({ player, view: player.view });
    const player = new CourtPlayer(stage.current, live, sessionId, { onChange: tell, onGap });
    tell();
    return () => {
      player.destroy();
      setPlayed(null);
    };
    // A gap is told to whoever looks now.
  }, [stage, sessionId]);
  return played;
}
