import i18next from 'i18next';
import { outgoingFault } from './outgoing-words';

/** What was wrong with asking somebody else's service, in the reader's language where it is known. */
export function outgoingErrorInWords(error: string): string {
  const fault = outgoingFault(error);
  if (fault === null) return error;
  return fault.key === 'answered'
    ? i18next.t('outgoing:answered', { status: fault.status })
    : i18next.t(`outgoing:${fault.key}`);
}
