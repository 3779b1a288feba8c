import { Alert, Box, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { QRCodeSVG } from 'qrcode.react';
import { useTranslation } from 'react-i18next';
import { dateTime, day } from '../i18n/format';
import { HandOver } from '../ui/hand-over';
import type { NewShare, SharedMatch } from './shares-data';

/** A link that was just made: to copy, to send, to scan; it is not shown again. */
export function NewLink(props: {
  readonly match: SharedMatch;
  readonly share: NewShare;
  readonly onAnother: () => void;
}) {
  const { match, share, onAnother } = props;
  const { t } = useTranslation('sharing');
  const { url } = share;
  const words = { court: match.court, day: day(match.at, match.timeZone) };
  const text = t(match.highlightId === undefined ? 'sendText' : 'sendTextHighlight', words);
  // That somebody thought better of it is no fault.
  const send = (): void => void navigator.share({ title: match.court, text, url }).catch(() => undefined);
  return (
    <Stack gap="md">
      <Alert role="status">
        {t('made', { until: dateTime(share.expires_at, match.timeZone) })}
        {share.passphrase && ` ${t('withPassphrase')}`}
        {share.branding !== null && ` ${t('withLogo')}`}
      </Alert>
      <HandOver label={t('link')} value={url} />
      <Group wrap="nowrap" align="center">
        {/* White around it in the dark, too: cameras look for dark on light. */}
        <Box bg="white" p="sm" lh={0} flex="none">
          <QRCodeSVG value={url} size={132} title={t('code')} />
        </Box>
        <Text size="sm" c="dimmed">
          {t('codeHint')}
        </Text>
      </Group>
      <Group justify="space-between">
        <Button variant="default" leftSection={<IconPlus size={18} aria-hidden />} onClick={onAnother}>
          {t('another')}
        </Button>
        {'share' in navigator && (
          <Button leftSection={<IconSend size={18} aria-hidden />} onClick={send}>
            {t('send')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
