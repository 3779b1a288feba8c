import { Group, Text } from '@mantine/core';

/** The ball and the name. @param compact the name only where there is room */
export function Brand({ size = 30, compact = false }: { readonly size?: number; readonly compact?: boolean }) {
  return (
    <Group gap={10} wrap="nowrap">
      <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden>
        <rect width="32" height="32" rx="8" fill="#0c6b50" />
        <circle cx="16" cy="16" r="9" fill="#d9f04a" />
        <path d="M8.6 11c4 2.6 4 7.4 0 10M23.4 11c-4 2.6-4 7.4 0 10" fill="none" stroke="#0c6b50" strokeWidth="1.8" />
      </svg>
      <Text component="span" fw={700} fz={size * 0.66} {...(compact && { visibleFrom: 'xs' })}>
        PadelVar
      </Text>
    </Group>
  );
}
