import { Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** What belongs together. */
export function Card({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" radius="lg" bg="var(--card)" {...(title && { 'aria-label': title })}>
      {title !== undefined && (
        <Title order={2} size="h5" mb="sm">
          {title}
        </Title>
      )}
      {children}
    </Paper>
  );
}
