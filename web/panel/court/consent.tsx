import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import './bring-texts';

/** What the club wants everybody to know before they are filmed. */
export function Consent({ note }: { readonly note: string | null }) {
  const { t } = useTranslation('court');
  if (note === null || note === '') return null;
  return (
    <Alert icon={<IconInfoCircle />} title={t('consent')} color="gray">
      {note}
    </Alert>
  );
}
