import { useMemo, useRef, useState } from 'react';
import type { MarkerKind } from '../../live';
import { isAdmin, useUser } from '../access/use-access';
import type { KeyActions } from '../ui/player-keys';
import { sayFailed } from '../ui/say';
import { FIRST_KIND } from './kinds';
import {
  changeMarker,
  deleteMarker,
  type Marker,
  type MarkerWords,
  type Moment,
  useMark,
  useMarkers,
} from './markers-data';
import { neighbour } from './neighbour';
import { sayDeleted, sayMarked } from './say-marked';

/** The moments of a match, and all one may do to them. */
export interface Moments {
  readonly query: ReturnType<typeof useMarkers>;
  /** In the order of the match. */
  readonly markers: readonly Marker[];
  readonly marking: boolean;
  /** The one whose words are being changed. */
  readonly editing: Marker | null;
  mark(kind: MarkerKind, moment: Moment): void;
  edit(marker: Marker | null): void;
  /** @throws ApiProblem */
  change(marker: Marker, words: MarkerWords): Promise<void>;
  /** One's own; it can be brought back. */
  remove(marker: Marker): void;
  /** Somebody else's, which cannot. */
  removeForGood(marker: Marker): void;
  mayChange(marker: Marker): boolean;
  isOwn(marker: Marker): boolean;
}

const NONE: readonly Marker[] = [];

/** @param match.recorded something was recorded: there may be moments. @param match.ofFile the match is a finished file */
export function useMoments(
  sessionId: string,
  match: { readonly ownerId: number | null; readonly recorded: boolean; readonly ofFile: boolean },
): Moments {
  const user = useUser();
  const query = useMarkers(sessionId, { wanted: match.recorded, ofFile: match.ofFile });
  const [editing, edit] = useState<Marker | null>(null);
  const takeAway = (marker: Marker, onGone?: () => void): void => void deleteMarker(marker).then(onGone, sayFailed);
  const mark = useMark(
    sessionId,
    (marker) => sayMarked(marker, { onNote: () => edit(marker), onUndo: () => takeAway(marker) }),
    sayFailed,
  );
  const isOwn = ({ author }: Marker): boolean => author.id === user.id;
  return {
    query,
    markers: query.data?.markers ?? NONE,
    marking: mark.isPending,
    editing,
    mark: (kind, moment) => mark.mutate({ kind, ...moment }),
    edit,
    change: changeMarker,
    remove: (marker) => {
      const { kind, text, at_seconds } = marker;
      const again = { kind, at_seconds, ...(text !== null && { text }) };
      takeAway(marker, () => sayDeleted(marker, () => mark.mutate(again)));
    },
    removeForGood: (marker) => takeAway(marker),
    mayChange: (marker) => isOwn(marker) || user.id === match.ownerId || isAdmin(user),
    isOwn,
  };
}

/** Where one is in the recording. */
export interface Playhead {
  readonly position: number;
  readonly paused: boolean;
}

/** To the moment before where one is, and to the one after; `null`: there is none. */
export interface Steps {
  readonly previous: (() => void) | null;
  readonly next: (() => void) | null;
}

export function stepsOf(markers: readonly Marker[], playhead: Playhead | null, onGo: (marker: Marker) => void): Steps {
  const to = (direction: 1 | -1): (() => void) | null => {
    const found = playhead && neighbour(markers, playhead, direction);
    return found && (() => onGo(found));
  };
  return { previous: to(-1), next: to(1) };
}

/** The keys of moments; the same object each time. Not every keyboard has `[` and `]` at hand: `p` and `n` do the same. */
export function useMomentKeys(now: {
  readonly moments: Moments;
  readonly moment: () => Moment | null;
  readonly playhead: Playhead | null;
  readonly onGo: (marker: Marker) => void;
}): KeyActions {
  const latest = useRef(now);
  latest.current = now;
  return useMemo(() => {
    const mark = (): void => {
      const { moments, moment } = latest.current;
      const what = moment();
      if (what) moments.mark(FIRST_KIND, what);
    };
    const step = (direction: 1 | -1) => (): void => {
      const { moments, playhead, onGo } = latest.current;
      const found = playhead && neighbour(moments.markers, playhead, direction);
      if (found) onGo(found);
    };
    return { m: mark, '[': step(-1), ']': step(1), p: step(-1), n: step(1) };
  }, []);
}
