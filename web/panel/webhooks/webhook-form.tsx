import { Alert, Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { inWords } from '../i18n/problems';
import { outgoingErrorInWords } from '../ui/outgoing-error';
import { sayDone } from '../ui/say';
import { changeWebhook, EVENTS, makeWebhook, type Webhook, webhooksChanged } from './webhooks-data';
import { eventInWords } from './words';

const MOST_URL = 2048;
const MOST_DESCRIPTION = 200;
/** What most want to know first. */
const USUAL: readonly string[] = ['recording.ready', 'camera.offline', 'camera.online'];

/** Adds a webhook, or changes one. */
export function WebhookForm(props: {
  readonly clubId: number;
  readonly webhook: Webhook | null;
  readonly onMade: (secret: string) => void;
  readonly onDone: () => void;
}) {
  const { clubId, webhook, onMade, onDone } = props;
  const { t } = useTranslation('webhooks');
  const { t: app } = useTranslation();
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState(webhook?.description ?? '');
  const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? USUAL);
  const [fault, setFault] = useState<'needUrl' | 'needEvents' | null>(null);
  const save = useMutation({
    mutationFn: async () => {
      const words = description.trim();
      const chosen = EVENTS.filter((event) => events.includes(event));
      if (webhook === null) {
        const body = { url: url.trim(), events: [...chosen], ...(words !== '' && { description: words }) };
        return (await makeWebhook(clubId, body)).secret;
      }
      const place = url.trim() === '' ? {} : { url: url.trim() };
      await changeWebhook(webhook, { ...place, events: [...chosen], description: words === '' ? null : words });
      return null;
    },
    onSuccess: (secret) => {
      if (secret !== null) return onMade(secret);
      sayDone(app('saved'));
      onDone();
    },
    onSettled: () => webhooksChanged(clubId),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const first = webhook === null && url.trim() === '' ? 'needUrl' : events.length === 0 ? 'needEvents' : null;
    setFault(first);
    if (first === null) save.mutate();
  };
  const problem = save.error instanceof ApiProblem ? save.error : null;
  const said = problem?.errors.find(({ field }) => field === 'url')?.message;
  const ofUrl = fault === 'needUrl' ? t('needUrl') : said === undefined ? null : outgoingErrorInWords(said);
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="md">
        <TextInput
          type="url"
          inputMode="url"
          label={t(webhook === null ? 'url' : 'urlNew')}
          description={webhook === null ? t('urlHint') : t('urlNewHint', { origin: webhook.origin })}
          placeholder="https://"
          required={webhook === null}
          maxLength={MOST_URL}
          data-autofocus
          value={url}
          error={ofUrl}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TextInput
          label={t('description')}
          description={t('descriptionHint')}
          maxLength={MOST_DESCRIPTION}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Checkbox.Group
          label={t('events')}
          value={[...events]}
          onChange={setEvents}
          error={fault === 'needEvents' ? t('needEvents') : null}
        >
          <Stack gap="sm" mt="xs" mb="xs">
            {EVENTS.map((event) => (
              <Checkbox key={event} value={event} label={eventInWords(event)} description={event} size="md" />
            ))}
          </Stack>
        </Checkbox.Group>
        {save.isError && ofUrl === null && (
          <Alert color="red" role="alert">
            {inWords(save.error, { webhook_limit: t('limit') })}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {webhook === null ? t('add') : app('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
