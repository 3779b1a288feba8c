import { useEffect, useRef } from 'react';

/** What a player's buttons and keys do. */
export interface Steerable {
  /** There is something to play. */
  readonly possible: boolean;
  readonly paused: boolean;
  readonly speed: number;
  back(seconds: number): void;
  forward(seconds: number): void;
  step(direction: 1 | -1): void;
  toggle(): void;
  setSpeed(speed: number): void;
}

export type KeyActions = Readonly<Record<string, () => void>>;

const SPEEDS: Readonly<Record<string, number>> = { '4': 0.25, '2': 0.5, '1': 1 };

/**
 * Steers a player by keys, unless somebody is writing.
 * @param more this place's own keys, once a press however long it lasts; the same object each time
 */
export function usePlayerKeys(player: Steerable | null, more: KeyActions): void {
  useEffect(() => {
    if (player === null) return;
    const actions: KeyActions = {
      ArrowLeft: () => player.back(5),
      ArrowRight: () => player.forward(5),
      ',': () => player.step(-1),
      '.': () => player.step(1),
      ' ': () => player.toggle(),
      ...more,
    };
    const press = (event: KeyboardEvent): void => {
      const { key, target } = event;
      if (event.ctrlKey || event.altKey || event.metaKey || !player.possible || isTyping(target)) return;
      if (event.repeat && key in more) return;
      // Space presses the button that has the focus.
      if (key === ' ' && target instanceof HTMLElement && target.closest('button, a, input, summary')) return;
      const speed = SPEEDS[key];
      const action = actions[key] ?? (speed === undefined ? undefined : () => player.setSpeed(speed));
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [player, more]);
}

/** Keys of a place that are there whatever is played, unless somebody is writing; once a press however long it lasts. */
export function useKeys(actions: KeyActions | null): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const action = latest.current?.[event.key];
      if (!action || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=range]), textarea, select, [role=dialog] *');
}
