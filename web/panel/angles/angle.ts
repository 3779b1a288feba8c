import type { useTranslation } from 'react-i18next';

type Words = ReturnType<typeof useTranslation<'angles'>>['t'];

/** A camera as its button shows it. */
export interface Angle {
  /** Its session. */
  readonly id: string;
  readonly name: string;
  /** Whether it can be had; `null` where that goes without saying. */
  readonly state: 'live' | 'reached' | 'away' | 'unfinished' | 'none' | null;
}

/** What people call a camera: its own name, or which one it is. @param position 0: the main one */
export function angleName(name: string | null, position: number, t: Words): string {
  return name ?? (position === 0 ? t('main') : t('nth', { number: String(position + 1) }));
}

/** There is something to see of it. */
export function canBeSeen({ state }: Angle): boolean {
  return state !== 'unfinished' && state !== 'none';
}
