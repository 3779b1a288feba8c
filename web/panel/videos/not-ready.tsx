import { Alert, Group, Loader, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconMovieOff, IconPlayerRecord } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isRunning } from '../courts/court-states';
import { bytes, clock } from '../i18n/format';
import { Card } from '../ui/card';
import { ButtonLink } from '../ui/links';
import { Empty } from '../ui/states';
import { isBeingMade, keptSearch, type Session } from './videos-data';

/** There is no file: it is still being made, it never will be, or it is no more. */
export function NotReady({ session }: { readonly session: Session }) {
  const { t } = useTranslation('videos');
  const { recording } = session;
  if (recording && isBeingMade(recording)) {
    const [length, size] = [clock(recording.duration_seconds), bytes(recording.bytes_written)];
    return (
      <Card>
        <Group wrap="nowrap" role="status" gap="md">
          <Loader aria-hidden />
          <div>
            <Title order={2} size="h4">
              {t('finishing')}
            </Title>
            <Text>{t('finishingHint')}</Text>
            <Text size="sm" c="dimmed">
              {t('written', { length, size })}
            </Text>
          </div>
        </Group>
      </Card>
    );
  }
  if (isRunning(recording)) {
    return (
      <Empty icon={<IconPlayerRecord size={32} />} title={t('running')} text={t('runningHint')}>
        <ButtonLink to="/courts/$courtId" params={{ courtId: String(session.terrain_id) }}>
          {t('toCourt')}
        </ButtonLink>
      </Empty>
    );
  }
  if (recording?.status === 'failed') {
    return (
      <Alert color="red" role="alert" icon={<IconAlertTriangle />} title={t('broken')}>
        {t('brokenHint')}
      </Alert>
    );
  }
  return (
    <Empty icon={<IconMovieOff size={32} />} title={t('gone')} text={t('goneHint')}>
      <ButtonLink to="/videos" search={keptSearch.get()}>
        {t('back')}
      </ButtonLink>
    </Empty>
  );
}
