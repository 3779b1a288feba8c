import { Alert, Button, Center, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';

/** Nothing is here yet: why, and what to do. */
export function Empty(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}) {
  return (
    <Center mih="50dvh" p="md">
      <Stack align="center" gap="sm" maw={440} ta="center">
        <ThemeIcon size={64} radius="xl" variant="light" aria-hidden>
          {props.icon}
        </ThemeIcon>
        <Title order={2} size="h3">
          {props.title}
        </Title>
        {props.text !== undefined && <Text c="dimmed">{props.text}</Text>}
        {props.children}
      </Stack>
    </Center>
  );
}

/** It could not be had: why, and again. */
export function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  const isMissing = error instanceof ApiProblem && error.status === 404;
  return (
    <Alert
      role="alert"
      color="red"
      icon={<IconAlertTriangle />}
      title={isMissing ? t('notFoundTitle') : t('failedTitle')}
      my="md"
    >
      <Group justify="space-between">
        <Text size="sm">{inWords(error)}</Text>
        {onRetry && !isMissing && (
          <Button variant="light" color="red" onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

/** It is on its way. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <Center mih="40dvh" role="status" aria-label={t('loading')}>
      <Loader />
    </Center>
  );
}
