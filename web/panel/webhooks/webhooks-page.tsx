import { Anchor, Button, Modal, Stack, Text } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { Skeletons } from '../admin/rows';
import { WithClub } from '../admin/with-club';
import { PageTitle } from '../ui/page-title';
import { Empty, Failed } from '../ui/states';
import { SecretShown } from './secret-shown';
import { WebhookCard } from './webhook-card';
import { WebhookForm } from './webhook-form';
import { useWebhooks, type Webhook } from './webhooks-data';
import './bring-texts';

/** Whom the club lets be told of what happens in it. */
export function WebhooksPage() {
  return <WithClub>{(club) => <Webhooks key={club.id} club={club} />}</WithClub>;
}

/** What the dialog is about: a form, or the secret that came of it. */
type Doing =
  | { readonly what: 'form'; readonly webhook: Webhook | null }
  | { readonly what: 'secret'; readonly secret: string; readonly rotated: boolean };

function Webhooks({ club }: { readonly club: Club }) {
  const { t } = useTranslation('webhooks');
  const { t: app } = useTranslation();
  const query = useWebhooks(club.id);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [opened, setOpened] = useState(false);
  const start = (next: Doing): void => {
    setDoing(next);
    setOpened(true);
  };
  const close = (): void => {
    setOpened(false);
    // It is not kept anywhere once it was shown.
    if (doing?.what === 'secret') setDoing(null);
  };
  const shown = (secret: string, rotated: boolean): void => start({ what: 'secret', secret, rotated });
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => start({ what: 'form', webhook: null })}>
      {t('add')}
    </Button>
  );
  const some = query.data !== undefined && query.data.length > 0;
  const title = doing?.what === 'secret' ? t('secret') : doing?.webhook ? t('changeTitle') : t('addTitle');
  return (
    <>
      <PageTitle text={t('title')}>{some && add}</PageTitle>
      <Stack gap="xs" maw={760} mb="md">
        <Text>{t('intro')}</Text>
        <Text size="sm" c="dimmed">
          <Trans
            t={t}
            i18nKey="docs"
            components={{
              standard: (
                <Anchor href="https://www.standardwebhooks.com" target="_blank" rel="noreferrer" underline="always" />
              ),
              api: <Anchor href="/api/docs#/webhooks" target="_blank" underline="always" />,
            }}
          />
        </Text>
      </Stack>
      {query.isError && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeletons count={2} />}
      {query.data?.length === 0 && (
        <Empty icon={<IconWebhook size={32} />} title={t('none')} text={t('noneHint')}>
          {add}
        </Empty>
      )}
      {some && (
        <Stack gap="md">
          {query.data.map((webhook) => (
            <WebhookCard
              key={webhook.id}
              webhook={webhook}
              timeZone={club.time_zone}
              onChange={() => start({ what: 'form', webhook })}
              onSecret={(secret) => shown(secret, true)}
            />
          ))}
        </Stack>
      )}
      {doing !== null && (
        <Modal
          opened={opened}
          onClose={close}
          size="lg"
          title={title}
          closeOnClickOutside={doing.what !== 'secret'}
          closeButtonProps={{ 'aria-label': app('close') }}
        >
          {doing.what === 'secret' ? (
            <SecretShown secret={doing.secret} rotated={doing.rotated} onDone={close} />
          ) : (
            <WebhookForm
              key={doing.webhook?.id ?? 'new'}
              clubId={club.id}
              webhook={doing.webhook}
              onMade={(secret) => shown(secret, false)}
              onDone={close}
            />
          )}
        </Modal>
      )}
    </>
  );
}
