import { Button, VisuallyHidden } from '@mantine/core';
import { IconClockStop } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, Schemas } from '../api/client';
import { sayDone, sayFailed } from '../ui/say';
import { useNow } from '../ui/use-now';
import { courtsChanged } from './court-states';
import classes from './auto-stop.module.css';

/** Nobody plays, and a recording stops by itself in a moment: that, and the way to keep it. */
export function AutoStopNote(props: {
  /** `null`: whoever looks may not know which match it is. */
  readonly sessionId: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly mayKeep: boolean;
  readonly onKept?: (recording: Schemas['RecordingView']) => void;
}) {
  const { sessionId, at, mayKeep, onKept } = props;
  const { t } = useTranslation('courts');
  const now = useNow(250);
  const left = Math.max(0, Math.ceil((new Date(at).getTime() - now) / 1000));
  const keep = useMutation({
    mutationFn: (session_id: string) =>
      answer(api.POST('/api/recording/{session_id}/keep', { params: { path: { session_id } } })),
    onSuccess: ({ status }) => {
      sayDone(t('kept'));
      onKept?.(status);
    },
    onError: sayFailed,
    onSettled: courtsChanged,
  });
  return (
    <div className={classes.note}>
      <IconClockStop size={20} aria-hidden />
      <span className={classes.words}>
        {/* Who hears the page hears it once, and not each second. */}
        <VisuallyHidden role="status">{t('stopsSoon')}</VisuallyHidden>
        <span aria-hidden>{left > 0 ? t('stopsIn', { count: left }) : t('stopsNow')}</span>
      </span>
      {mayKeep && sessionId !== null && (
        <Button
          className={classes.keep}
          variant="default"
          loading={keep.isPending}
          onClick={() => keep.mutate(sessionId)}
        >
          {t('keep')}
        </Button>
      )}
    </div>
  );
}
