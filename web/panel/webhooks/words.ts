import i18next from 'i18next';
import { duration, number } from '../i18n/format';
import type { Delivery, Webhook } from './webhooks-data';

type Joined<Type extends string> = Type extends `${infer Room}.${infer Deed}` ? `${Room}_${Deed}` : Type;

/** What a message is of. */
export function eventInWords(type: Delivery['type']): string {
  return i18next.t(`webhooks:${type.replace('.', '_') as Joined<Delivery['type']>}`);
}

/** A webhook as its admins call it. */
export function nameOf({ description, origin }: Webhook): string {
  return description ?? origin;
}

/** `143 ms`, `2.1 s`. */
export function tookInWords(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${number(ms / 1_000, 1)} s` : duration(ms / 1_000);
}
