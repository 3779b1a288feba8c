import { Alert, Modal, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClubs } from '../access/club';
import { NewLink } from './new-link';
import { ShareForm } from './share-form';
import { ShareList } from './share-list';
import type { NewShare, SharedMatch } from './shares-data';

/** Makes links of a match, and shows those there are. */
export function ShareDialog(props: {
  readonly match: SharedMatch;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { match, opened, onClose } = props;
  const { t } = useTranslation('sharing');
  const { t: app } = useTranslation();
  const [made, setMade] = useState<NewShare | null>(null);
  const small = useMediaQuery('(max-width: 36em)');
  const club = useClubs().data?.find(({ id }) => id === match.clubId);
  const ofHighlight = match.highlightId !== undefined;
  const close = (): void => {
    setMade(null);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t(ofHighlight ? 'titleHighlight' : 'title')}
      size="lg"
      fullScreen={small === true}
      closeButtonProps={{ 'aria-label': app('close') }}
    >
      <Stack gap="lg">
        {made !== null ? (
          <NewLink match={match} share={made} onAnother={() => setMade(null)} />
        ) : club?.sharing_enabled === false ? (
          <Alert role="status">{t('off')}</Alert>
        ) : (
          <>
            <Text size="sm">{ofHighlight ? t('hintHighlight') : `${t('hint')} ${t('sound')}`}</Text>
            <ShareForm match={match} hasLogo={club?.logo_at != null} onMade={setMade} />
          </>
        )}
        <ShareList match={match} />
      </Stack>
    </Modal>
  );
}
