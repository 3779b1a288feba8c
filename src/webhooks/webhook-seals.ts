import { SecretBox, SecretBoxError } from '../common/secret-box';
import { ownerOfWebhook, WebhookRow } from './webhook-row';

/** The columns of a row that hold what is sealed, and the name of the key that sealed them. */
export type WebhookSeals = Pick<WebhookRow, 'url_sealed' | 'secret_sealed' | 'old_secret_sealed' | 'key_id'>;

/**
 * Seals a webhook's texts anew, all with this process's first key: `key_id` is one for all of them, and processes may have
 * different first keys while these are rotated. What does not open stays as it is, and the row keeps the name of a key that is
 * missing, so that somebody is told. A fresh secret makes the one before the old one.
 * @param row locked by the caller
 */
export function sealWebhook(
  box: SecretBox,
  row: Pick<WebhookRow, 'id' | keyof WebhookSeals>,
  fresh: { readonly url?: string | undefined; readonly secret?: string | undefined },
): WebhookSeals {
  const owner = ownerOfWebhook(row.id);
  const again = (sealed: string | null, text?: string): string | null => {
    const known = text ?? (sealed === null ? null : opened(box, sealed, owner));
    return known === null ? null : box.seal(known, owner);
  };
  const url = again(row.url_sealed, fresh.url);
  const secret = again(row.secret_sealed, fresh.secret);
  const old = fresh.secret === undefined ? row.old_secret_sealed : row.secret_sealed;
  // An old secret that does not open signs nothing.
  if (url !== null && secret !== null) {
    return { url_sealed: url, secret_sealed: secret, old_secret_sealed: again(old), key_id: box.keyId };
  }
  return {
    url_sealed: url ?? row.url_sealed,
    secret_sealed: secret ?? row.secret_sealed,
    old_secret_sealed: old,
    key_id: box.keyIds.includes(row.key_id) ? box.keyId : row.key_id,
  };
}

/** `null`: it does not open. */
function opened(box: SecretBox, sealed: string, owner: string): string | null {
  try {
    return box.open(sealed, owner);
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    return null;
  }
}
