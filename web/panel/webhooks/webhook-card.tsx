import { ActionIcon, Alert, Badge, Button, Group, Paper, Stack, Switch, Text, Title, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconKey, IconListDetails, IconPencil, IconSend, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { useConfirm } from '../ui/confirm';
import { sayDone } from '../ui/say';
import { DeliveryLog } from './delivery-log';
import {
  changeWebhook,
  deleteWebhook,
  logChanged,
  pingWebhook,
  rotateSecret,
  type Webhook,
  webhooksChanged,
} from './webhooks-data';
import { eventInWords, nameOf } from './words';

/** One receiver: whether it is told, of what, and what became of that. */
export function WebhookCard(props: {
  readonly webhook: Webhook;
  readonly timeZone: string;
  readonly onChange: () => void;
  /** It has a new secret. */
  readonly onSecret: (secret: string) => void;
}) {
  const { webhook, timeZone, onChange, onSecret } = props;
  const { t } = useTranslation('webhooks');
  const { t: app } = useTranslation();
  const confirm = useConfirm();
  const [log, setLog] = useState(false);
  const logId = useId();
  const what = nameOf(webhook);
  const onSettled = () => webhooksChanged(webhook.club_id);
  const enable = useMutation({
    mutationFn: (enabled: boolean) => changeWebhook(webhook, { enabled }),
    onSettled,
  });
  const ping = useMutation({
    mutationFn: () => pingWebhook(webhook),
    onSuccess: () => {
      setLog(true);
      sayDone(t('pinged'));
      return logChanged(webhook);
    },
  });
  const rotate = useMutation({
    mutationFn: () => rotateSecret(webhook),
    onSuccess: ({ secret }) => onSecret(secret),
  });
  const remove = useMutation({
    mutationFn: () => deleteWebhook(webhook),
    onSuccess: () => sayDone(t('deleted')),
    onSettled,
  });
  const askRotate = (): void =>
    confirm({
      title: t('rotateTitle'),
      text: t('rotateText'),
      button: t('rotate'),
      onConfirm: () => rotate.mutate(),
    });
  const askRemove = (): void =>
    confirm({
      title: t('deleteTitle', { origin: webhook.origin }),
      text: t('deleteText'),
      button: app('delete'),
      onConfirm: () => remove.mutate(),
    });
  const failed = enable.error ?? ping.error ?? rotate.error ?? remove.error;
  const busy = enable.isPending || remove.isPending;
  return (
    <Paper component="article" withBorder p="md" radius="lg" bg="var(--card)" aria-label={what}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
            <Title order={2} size="h5">
              {what}
            </Title>
            {webhook.description !== null && (
              <Text size="sm" c="dimmed">
                {webhook.origin}
              </Text>
            )}
          </div>
          <Switch
            size="md"
            label={t(webhook.enabled ? 'on' : 'off')}
            aria-label={t('switch', { what })}
            checked={webhook.enabled}
            disabled={busy}
            onChange={(event) => enable.mutate(event.currentTarget.checked)}
          />
        </Group>
        <Group gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('events')}>
          {webhook.events.map((event) => (
            <Badge key={event} component="li" variant="default" size="lg" tt="none" fw={500} title={event}>
              {eventInWords(event)}
            </Badge>
          ))}
        </Group>
        <Trouble webhook={webhook} timeZone={timeZone} />
        {failed !== null && (
          <Alert color="red" role="alert" p="xs">
            {inWords(failed)}
          </Alert>
        )}
        <Group gap="xs">
          <Button
            variant="light"
            leftSection={<IconSend size={18} aria-hidden />}
            loading={ping.isPending}
            onClick={() => ping.mutate()}
          >
            {t('sendTest')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconListDetails size={18} aria-hidden />}
            aria-expanded={log}
            aria-controls={logId}
            onClick={() => setLog(!log)}
          >
            {t(log ? 'hideLog' : 'log')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconKey size={18} aria-hidden />}
            loading={rotate.isPending}
            onClick={askRotate}
          >
            {t('rotate')}
          </Button>
          <Group gap="xs" ml="auto" wrap="nowrap">
            <Tool title={t('change', { what })} disabled={busy} onClick={onChange}>
              <IconPencil size={18} aria-hidden />
            </Tool>
            <Tool title={t('delete', { what })} disabled={busy} onClick={askRemove}>
              <IconTrash size={18} aria-hidden />
            </Tool>
          </Group>
        </Group>
        <div id={logId}>{log && <DeliveryLog webhook={webhook} timeZone={timeZone} />}</div>
      </Stack>
    </Paper>
  );
}

/** What is wrong with it. */
function Trouble({ webhook, timeZone }: { readonly webhook: Webhook; readonly timeZone: string }) {
  const { t } = useTranslation('webhooks');
  const { disabled_because: because, failing_since: since } = webhook;
  if (because === null && (since === null || !webhook.enabled)) return null;
  const words =
    because === 'gone'
      ? t('offGone')
      : because === 'failing'
        ? t('offFailing')
        : t('failing', { time: dateTime(since as string, timeZone) });
  return (
    <Alert color="yellow" icon={<IconAlertTriangle />} role="status" p="xs">
      {words}
    </Alert>
  );
}

function Tool(props: {
  readonly title: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  const { title, disabled, onClick, children } = props;
  return (
    <Tooltip label={title}>
      <ActionIcon variant="default" size={36} aria-label={title} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
