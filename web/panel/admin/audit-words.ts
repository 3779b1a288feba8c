import { auditTexts } from './audit-texts';

type Text = keyof (typeof auditTexts)['en'];
const NO_ACTIONS = /^(group_|all)/;

/** The rooms of the trail, `recording` of `recording.started`, in the order a desk looks for them. */
export const GROUPS = [
  'recording',
  'video',
  'marker',
  'highlight',
  'share',
  'booking',
  'calendar',
  'storage',
  'session',
  'auth',
  'user',
  'invitation',
  'registration',
  'court',
  'camera',
  'club',
  'webhook',
  'job',
  'maintenance',
  'audit',
] as const;

/** The text of a deed; `null` for one that has none, which is then shown as the trail has it. */
export function textOfAction(action: string): Text | null {
  const key = action.replace('.', '_');
  return action.includes('.') && !NO_ACTIONS.test(key) && Object.hasOwn(auditTexts.en, key) ? (key as Text) : null;
}

/** All deeds of a room that have a text: `['recording.started', …]`. */
export function actionsOf(group: (typeof GROUPS)[number]): string[] {
  return Object.keys(auditTexts.en)
    .filter((key) => key.startsWith(`${group}_`))
    .map((key) => key.replace('_', '.'));
}

type Numbered = 'court' | 'user' | 'club' | 'invitation' | 'booking' | 'webhook';

/** What something was done to: `court:3` as its kind and number; the id of a session as its beginning. */
export function targetParts(target: string): {
  readonly kind: Numbered | 'session' | null;
  readonly id: string;
} {
  const [, kind, id] = /^(court|user|club|invitation|booking|webhook):(\d+)$/.exec(target) ?? [];
  if (kind !== undefined && id !== undefined) return { kind: kind as Numbered, id };
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(target)) return { kind: 'session', id: target.slice(0, 8) };
  return { kind: null, id: target };
}
