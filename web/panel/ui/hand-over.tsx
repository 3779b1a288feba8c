import { Button, CopyButton, Group, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** An address to hand over to somebody: to read, to select, and to copy where the browser lets pages copy (HTTPS). */
export function HandOver({ label, value }: { readonly label: string; readonly value: string }) {
  const { t } = useTranslation();
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        label={label}
        value={value}
        readOnly
        flex={1}
        miw={0}
        onFocus={(event) => event.currentTarget.select()}
      />
      {'clipboard' in navigator && (
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button
              variant="light"
              onClick={copy}
              leftSection={copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
            >
              <span role="status">{copied ? t('copied') : t('copy')}</span>
            </Button>
          )}
        </CopyButton>
      )}
    </Group>
  );
}
