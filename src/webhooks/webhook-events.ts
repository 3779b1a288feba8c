/** What a club may be told of. Adding one is fine, renaming is not: receivers go by them. */
export const WEBHOOK_EVENTS = [
  'recording.started',
  'recording.stopped_by_itself',
  'recording.ready',
  'recording.failed',
  'camera.offline',
  'camera.online',
  'booking.missed',
  'highlight.ready',
] as const;

export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number];

/** What a delivery may be of: an event, or a test that somebody asked for. */
export type DeliveryType = WebhookEventType | 'ping';

/** What is said of an event: numbers, times and stable words. No names: whom it concerns, an admin asks the API. */
export type WebhookData = Readonly<Record<string, string | number | null>>;
