import { type RefObject, useEffect, useState } from 'react';
import { type StateMessage, TileWall } from '../../live';
import { live } from '../access/live';
import { courtsChanged } from './court-states';

const wall = new TileWall(live);

export interface TileView {
  /** A picture was drawn. */
  readonly seen: boolean;
  readonly connected: boolean;
  /** The newest state that the service told; `null` before the first. */
  readonly state: StateMessage | null;
  readonly ended: boolean;
}

const NOTHING: TileView = { seen: false, connected: true, state: null, ended: false };

/** Shows a session on a canvas, a picture a keyframe, while the canvas can be seen. */
export function useTile(canvas: RefObject<HTMLCanvasElement | null>, sessionId: string | null): TileView {
  const [view, setView] = useState(NOTHING);
  useEffect(() => {
    setView(NOTHING);
    if (canvas.current === null || sessionId === null) return;
    const change = (part: Partial<TileView>): void => setView((before) => ({ ...before, ...part }));
    let seen = false;
    const tile = wall.add(canvas.current, sessionId, {
      onPicture: () => {
        if (!seen) change({ seen: true });
        seen = true;
      },
      onEvent: (event) => {
        if (event.type === 'state') change({ state: event, connected: true });
        else if (event.type === 'subscribed') change({ connected: true });
        else if (event.type === 'auto_stop') void courtsChanged();
        else if (event.type === 'disconnected') change({ connected: false });
        else if (event.type === 'ended' || (event.type === 'error' && !event.passing)) change({ ended: true });
      },
    });
    return () => tile.remove();
  }, [canvas, sessionId]);
  return view;
}
