import { Button } from '@mantine/core';
import { IconShare } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SharedMatch } from './shares-data';
import './bring-texts';

/** Comes when somebody wants to share. */
const shareDialog = () => import('./share-dialog');
const ShareDialog = lazy(async () => ({ default: (await shareDialog()).ShareDialog }));

/** Opens what there is about links of a match. */
export function ShareButton({ match }: { readonly match: SharedMatch }) {
  const { t } = useTranslation('sharing');
  const [wanted, setWanted] = useState(false);
  const [opened, setOpened] = useState(false);
  const fetchAhead = (): void => void shareDialog().catch(() => undefined);
  const open = (): void => {
    setWanted(true);
    setOpened(true);
  };
  return (
    <>
      <Button
        variant="light"
        fullWidth
        leftSection={<IconShare size={20} aria-hidden />}
        aria-haspopup="dialog"
        onPointerEnter={fetchAhead}
        onFocus={fetchAhead}
        onClick={open}
      >
        {t('share')}
      </Button>
      {wanted && (
        <Suspense>
          <ShareDialog match={match} opened={opened} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}
