import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { inWords } from '../i18n/problems';

/** Says that something was done, where the page does not show it by itself. */
export function sayDone(message: string): void {
  notifications.show({ message, color: 'court', closeButtonProps: closeButton() });
}

/** Says why something was not done. */
export function sayFailed(error: unknown): void {
  notifications.show({ message: inWords(error), color: 'red', autoClose: 8_000, closeButtonProps: closeButton() });
}

function closeButton() {
  return { 'aria-label': i18next.t('close') };
}
