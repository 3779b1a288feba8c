import { Alert, Box, Group, Stack, Text } from '@mantine/core';
import { QRCodeSVG } from 'qrcode.react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../i18n/format';
import { HandOver } from '../ui/hand-over';

/** A link that is good once: mailed, or to hand over now, for it is not shown again. */
export function OneTimeLink(props: {
  readonly email: string;
  readonly made: { readonly mailed: boolean; readonly link: string | null; readonly expires_at: string };
}) {
  const { email, made } = props;
  const { t } = useTranslation('people');
  if (made.link === null) return <Alert role="status">{t('mailed', { email })}</Alert>;
  return (
    <Stack gap="md">
      <Alert role="status">{t('handOver', { until: dateTime(made.expires_at) })}</Alert>
      <HandOver label={t('link')} value={made.link} />
      <Group wrap="nowrap">
        {/* White around it in the dark, too: cameras look for dark on light. */}
        <Box bg="white" p="sm" lh={0}>
          <QRCodeSVG value={made.link} size={148} title={t('linkCode')} />
        </Box>
        <Text size="sm" c="dimmed">
          {t('linkCodeHint')}
        </Text>
      </Group>
    </Stack>
  );
}
