import { useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client';
import { queries } from '../app/queries';
import { useEndless } from '../admin/endless';

export type Webhook = Schemas['WebhookView'];
export type Delivery = Schemas['WebhookDeliveryView'];
export type EventType = Webhook['events'][number];

/** All there is to be told of, in the order of a match. */
export const EVENTS: readonly EventType[] = [
  'recording.started',
  'recording.stopped_by_itself',
  'recording.ready',
  'recording.failed',
  'highlight.ready',
  'booking.missed',
  'camera.offline',
  'camera.online',
];

/** What is on its way has come to something some seconds later. */
const ON_ITS_WAY_MS = 2_000;
const key = (clubId: number) => ['webhooks', clubId];
const logKey = (id: number) => ['webhook-log', id];

/** Whom a club lets be told; ten at the most. */
export function useWebhooks(clubId: number) {
  return useQuery({
    queryKey: key(clubId),
    queryFn: async () =>
      (await answer(api.GET('/api/clubs/{clubId}/webhooks', { params: { path: { clubId } } }))).webhooks,
    refetchInterval: 30_000,
  });
}

/** What became of the messages to one, newest first. */
export function useDeliveries({ id, club_id: clubId }: Webhook) {
  return useEndless({
    key: logKey(id),
    ask: (page) => {
      const params = { path: { clubId, id }, query: page };
      return answer(api.GET('/api/clubs/{clubId}/webhooks/{id}/deliveries', { params }));
    },
    itemsOf: ({ deliveries }) => deliveries,
    askAgainMs: (deliveries) => (deliveries.some(isOnItsWay) ? ON_ITS_WAY_MS : 15_000),
  });
}

/** It is being sent, or about to be. */
function isOnItsWay({ status, next_attempt_at: next }: Delivery): boolean {
  return status === 'pending' && next !== null && Date.parse(next) < Date.now() + 10_000;
}

/** @throws ApiProblem `validation_failed`, `webhook_limit`, `url_forbidden` */
export function makeWebhook(clubId: number, body: Schemas['CreateWebhookDto']) {
  return answer(api.POST('/api/clubs/{clubId}/webhooks', { params: { path: { clubId } }, body }));
}

/** @throws ApiProblem `validation_failed`, `url_forbidden` */
export function changeWebhook(webhook: Webhook, body: Schemas['ChangeWebhookDto']) {
  return answer(api.PATCH('/api/clubs/{clubId}/webhooks/{id}', { ...at(webhook), body }));
}

export function deleteWebhook(webhook: Webhook) {
  return answer(api.DELETE('/api/clubs/{clubId}/webhooks/{id}', at(webhook)));
}

export function rotateSecret(webhook: Webhook) {
  return answer(api.POST('/api/clubs/{clubId}/webhooks/{id}/rotate', at(webhook)));
}

export function pingWebhook(webhook: Webhook) {
  return answer(api.POST('/api/clubs/{clubId}/webhooks/{id}/ping', at(webhook)));
}

export function sendAgain({ id, club_id: clubId }: Webhook, { id: deliveryId }: Delivery) {
  const params = { path: { clubId, id, deliveryId } };
  return answer(api.POST('/api/clubs/{clubId}/webhooks/{id}/deliveries/{deliveryId}/redeliver', { params }));
}

/** One was added, changed or deleted. */
export function webhooksChanged(clubId: number): Promise<void> {
  return queries.invalidateQueries({ queryKey: key(clubId) });
}

/** Something is being sent to it. */
export function logChanged({ id }: Webhook): Promise<void> {
  return queries.invalidateQueries({ queryKey: logKey(id) });
}

function at({ id, club_id: clubId }: Webhook) {
  return { params: { path: { clubId, id } } };
}
