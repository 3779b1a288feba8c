import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { clock } from '../i18n/format';
import { sayDone, sayFailed } from '../ui/say';
import { useKeep } from './highlights-data';
import './bring-texts';

/** Keeps what was just played, as a video of its own. */
export function KeepButton(props: {
  readonly sessionId: string;
  /** So many before now. */
  readonly seconds: number;
  readonly disabled: boolean;
}) {
  const { sessionId, seconds, disabled } = props;
  const { t } = useTranslation('highlights');
  const keep = useKeep(sessionId, ({ start_seconds, end_seconds }) =>
    sayDone(t('kept', { start: clock(start_seconds), end: clock(end_seconds) })),
  );
  return (
    <Button
      variant="default"
      h="3.5rem"
      disabled={disabled}
      loading={keep.isPending}
      leftSection={<IconHistory aria-hidden />}
      onClick={() => keep.mutate({ seconds }, { onError: sayFailed })}
    >
      {t('keepLast', { seconds: String(seconds) })}
    </Button>
  );
}
