import { useEffect, useMemo, useRef, useState } from 'react';
import type { KeyActions } from '../ui/player-keys';
import { LONGEST_SECONDS, SHORTEST_SECONDS } from './highlights-data';

/** A player that can be sent to a place. */
interface Sought {
  readonly position: number;
  readonly paused: boolean;
  readonly possible: boolean;
  goTo(seconds: number): void;
  toggle(): void;
}

/** A stretch of a video that is being chosen. Seconds. */
export interface ChosenStretch {
  /** Its fields are there to be used. */
  readonly opened: boolean;
  readonly start: number | null;
  readonly end: number | null;
  /** Both are set, and it is one that can be made. */
  readonly whole: { readonly start: number; readonly end: number } | null;
  readonly looping: boolean;
  open(opened: boolean): void;
  setStart(): void;
  setEnd(): void;
  toggleLoop(): void;
  clear(): void;
}

/** The stretch, and its keys: the same object each time. @param seconds how long the video is */
export function useStretch(
  player: Sought | null,
  seconds: number,
): { readonly stretch: ChosenStretch; readonly keys: KeyActions } {
  const [opened, open] = useState(false);
  const [start, setStart] = useState<number | null>(null);
  const [end, setEnd] = useState<number | null>(null);
  const [looping, setLooping] = useState(false);
  const whole = useMemo(() => wholeOf(start, end), [start, end]);
  // The player may know some thousandths more than the file's row.
  const position = Math.floor(1000 * Math.min(player?.position ?? 0, seconds)) / 1000;
  const paused = player?.paused ?? true;
  useEffect(() => {
    if (!looping || !whole || !player || paused) return;
    if (position >= whole.end || position < whole.start - BEFORE_SECONDS) player.goTo(whole.start);
  }, [looping, whole, player, position, paused]);
  const stretch: ChosenStretch = {
    ...{ opened, start, end, whole, looping: looping && whole !== null },
    open: (now) => {
      open(now);
      if (!now) setLooping(false);
    },
    setStart: () => {
      open(true);
      setStart(position);
      // One that ends before it begins is none.
      if (end !== null && end <= position) setEnd(null);
    },
    setEnd: () => {
      open(true);
      setEnd(position);
      if (start !== null && start >= position) setStart(null);
    },
    toggleLoop: () => {
      if (!looping && whole && player) {
        player.goTo(whole.start);
        if (player.paused) player.toggle();
      }
      setLooping(!looping);
    },
    clear: () => {
      setStart(null);
      setEnd(null);
      setLooping(false);
    },
  };
  const latest = useRef(stretch);
  latest.current = stretch;
  const keys = useMemo(() => ({ i: () => latest.current.setStart(), o: () => latest.current.setEnd() }), []);
  return { stretch, keys };
}

function wholeOf(start: number | null, end: number | null): ChosenStretch['whole'] {
  if (start === null || end === null) return null;
  const length = end - start;
  return length >= SHORTEST_SECONDS && length <= LONGEST_SECONDS ? { start, end } : null;
}

/** A seek may land on the picture before. */
const BEFORE_SECONDS = 0.2;
