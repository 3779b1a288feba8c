import { Group, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** The page's heading, the window's title with it, and what one may do on the page. */
export function PageTitle({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  useTitle(text);
  return (
    <Group justify="space-between" mb="md" gap="sm">
      <Title order={1} size="h2">
        {text}
      </Title>
      {children}
    </Group>
  );
}

/** The window's title. */
export function useTitle(text: string): void {
  useEffect(() => {
    document.title = text === '' ? 'PadelVar' : `${text} · PadelVar`;
  }, [text]);
}
