import { Button, Stack } from '@mantine/core';
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

/** Says what went wrong, in words of its own. */
export function saySorry(message: string): void {
  notifications.show({ message, color: 'red', autoClose: 8_000, closeButtonProps: closeButton() });
}

/** Says that the page is older than the service, and leaves it to the reader when to load the new one. */
export function sayNewVersion(): void {
  const message = (
    <Stack gap="xs" align="flex-start">
      {i18next.t('newVersion')}
      <Button size="xs" variant="light" onClick={() => location.reload()}>
        {i18next.t('reload')}
      </Button>
    </Stack>
  );
  notifications.show({ id: 'new-version', message, autoClose: false, closeButtonProps: closeButton() });
}

function closeButton() {
  return { 'aria-label': i18next.t('close') };
}
