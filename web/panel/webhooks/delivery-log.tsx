import { Button, Code, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { More } from '../admin/endless';
import { Skeletons } from '../admin/rows';
import { dateTime } from '../i18n/format';
import { inWords } from '../i18n/problems';
import { outgoingErrorInWords } from '../ui/outgoing-error';
import { sayDone } from '../ui/say';
import { Failed } from '../ui/states';
import { type Delivery, logChanged, sendAgain, useDeliveries, type Webhook } from './webhooks-data';
import classes from './webhooks.module.css';
import { eventInWords, nameOf, tookInWords } from './words';

const SIGNS = {
  pending: IconLoader2,
  waiting: IconClock,
  delivered: IconCircleCheck,
  failed: IconAlertTriangle,
} as const;

/** What became of the messages to a webhook. */
export function DeliveryLog({ webhook, timeZone }: { readonly webhook: Webhook; readonly timeZone: string }) {
  const { t } = useTranslation('webhooks');
  const { query, items } = useDeliveries(webhook);
  return (
    <section aria-label={t('logOf', { what: nameOf(webhook) })}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('logHint')}
      </Text>
      {query.isError && !items && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeletons count={2} />}
      {items?.length === 0 && <Text>{t('logNone')}</Text>}
      {items !== undefined && items.length > 0 && (
        <ul className={classes.log}>
          {items.map((delivery) => (
            <Row key={delivery.id} webhook={webhook} delivery={delivery} timeZone={timeZone} />
          ))}
        </ul>
      )}
      <More query={query} />
    </section>
  );
}

function Row(props: { readonly webhook: Webhook; readonly delivery: Delivery; readonly timeZone: string }) {
  const { webhook, delivery, timeZone } = props;
  const { t } = useTranslation('webhooks');
  const { type, status, attempts, error, response_status: answered, duration_ms: took } = delivery;
  const again = useMutation({
    mutationFn: () => sendAgain(webhook, delivery),
    onSuccess: () => sayDone(t('againSaid')),
    onSettled: () => logChanged(webhook),
  });
  const state = status === 'pending' && attempts > 0 && error !== null ? 'waiting' : status;
  const Sign = SIGNS[state];
  const made = dateTime(delivery.created_at, timeZone);
  const facts = [
    attempts > 0 ? t('tries', { count: attempts }) : null,
    answered !== null && took !== null ? t('answered', { status: String(answered), time: tookInWords(took) }) : null,
    answered === null && error !== null ? t('noAnswer') : null,
    state === 'waiting' && delivery.next_attempt_at !== null
      ? t('nextTry', { time: dateTime(delivery.next_attempt_at, timeZone) })
      : null,
  ].filter((fact) => fact !== null);
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Text fw={600}>{eventInWords(type)}</Text>
        <Text size="sm" c="dimmed">
          {made}
        </Text>
      </div>
      <div className={classes.outcome} role="status">
        <span className={classes.state} data-state={state}>
          <Sign size={16} aria-hidden /> {t(state)}
        </span>
        <Text size="sm" c="dimmed">
          {facts.join(' · ')}
        </Text>
        {error !== null && answered === null && <Text size="sm">{outgoingErrorInWords(error)}</Text>}
      </div>
      <Button
        variant="default"
        size="xs"
        loading={again.isPending}
        disabled={state === 'pending'}
        aria-label={t('againOf', { type: eventInWords(type), time: made })}
        onClick={() => again.mutate()}
      >
        {t('again')}
      </Button>
      {again.isError && (
        <Text size="sm" role="alert" c="var(--mantine-color-error)" w="100%">
          {inWords(again.error)}
        </Text>
      )}
      <details className={classes.body}>
        <summary>{t('body')}</summary>
        <Code block>{JSON.stringify(delivery.body, null, 2)}</Code>
      </details>
    </li>
  );
}
