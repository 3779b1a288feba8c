import { Alert, Button, Group, Stack } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { HandOver } from '../ui/hand-over';

/** The secret of a webhook, this once: to copy. */
export function SecretShown(props: {
  readonly secret: string;
  /** It takes the place of one that is good for another day. */
  readonly rotated: boolean;
  readonly onDone: () => void;
}) {
  const { secret, rotated, onDone } = props;
  const { t } = useTranslation('webhooks');
  return (
    <Stack gap="md">
      <Alert role="status" icon={<IconKey />}>
        {t(rotated ? 'secretRotated' : 'secretMade')}
      </Alert>
      <HandOver label={t('secret')} value={secret} />
      <Group justify="flex-end">
        <Button onClick={onDone}>{t('done')}</Button>
      </Group>
    </Stack>
  );
}
