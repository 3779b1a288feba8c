import { Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clock, duration } from '../i18n/format';
import classes from './highlights.module.css';
import { type Highlight, highlightUrl } from './highlights-data';

/** A highlight, over and over: the browser's own controls are enough for half a minute. */
export function HighlightPlayer({
  highlight,
  onClose,
}: {
  readonly highlight: Highlight;
  readonly onClose: () => void;
}) {
  const { start_seconds, end_seconds, text } = highlight;
  const { t } = useTranslation('highlights');
  const { t: videos } = useTranslation('player');
  const { t: app } = useTranslation();
  const [failed, setFailed] = useState(false);
  const [start, end] = [clock(start_seconds), clock(end_seconds)];
  const span = t('span', { start, end, length: duration(end_seconds - start_seconds) });
  return (
    <Modal opened onClose={onClose} size="xl" title={text ?? span} closeButtonProps={{ 'aria-label': app('close') }}>
      <video
        className={classes.video}
        src={highlightUrl(highlight)}
        aria-label={`${videos('play')}: ${text ?? span}`}
        controls
        autoPlay
        loop
        muted
        playsInline
        onError={() => setFailed(true)}
      />
      {failed && (
        <Text role="alert" c="var(--mantine-color-error)" mt="xs">
          {app('failedTitle')}
        </Text>
      )}
    </Modal>
  );
}
