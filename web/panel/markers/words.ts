import i18next from 'i18next';
import { clock } from '../i18n/format';
import type { Marker } from './markers-data';
import './bring-texts';

/** A marker in words: `Highlight, 12:04: Bajada`. */
export function wordsOf({ kind, text, at_seconds }: Pick<Marker, 'kind' | 'text' | 'at_seconds'>): string {
  const said = { kind: i18next.t(`markers:${kind}`), time: clock(at_seconds) };
  return text === null ? i18next.t('markers:at', said) : i18next.t('markers:atText', { ...said, text });
}
