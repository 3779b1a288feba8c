import { Button } from '@mantine/core';
import { IconBookmarkPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { clock } from '../i18n/format';
import { FIRST_KIND, KINDS, KindSign } from './kinds';
import classes from './markers.module.css';
import type { Moments } from './use-moments';
import type { Moment } from './markers-data';
import './bring-texts';

/** One large button that marks, and a small one for each other thing that may have happened. */
export function MarkBar(props: {
  readonly moments: Moments;
  /** What would be marked now; `null`: nothing can be. */
  readonly moment: () => Moment | null;
  /** Seconds of the recording that would be marked; `null`: the present. */
  readonly position: number | null;
  readonly disabled: boolean;
  /** What else one may want to keep of this moment. */
  readonly children?: ReactNode;
}) {
  const { moments, moment, position, disabled, children } = props;
  const { t } = useTranslation('markers');
  const mark = (kind: (typeof KINDS)[number]): void => {
    const what = moment();
    if (what) moments.mark(kind, what);
  };
  return (
    <div className={classes.bar}>
      <div className={classes.large}>
        <Button
          className={classes.mark}
          disabled={disabled}
          leftSection={<IconBookmarkPlus aria-hidden />}
          aria-label={position === null ? t('markNow') : t('markHere', { time: clock(position) })}
          aria-keyshortcuts="m"
          onClick={() => mark(FIRST_KIND)}
        >
          {position === null ? t('mark') : `${t('mark')} ${clock(position)}`}
        </Button>
        {children}
      </div>
      <div className={classes.kinds} role="group" aria-label={t('kinds')}>
        {KINDS.filter((kind) => kind !== FIRST_KIND).map((kind) => (
          <button
            key={kind}
            type="button"
            className={classes.small}
            disabled={disabled}
            aria-label={t('markAs', { kind: t(kind) })}
            onClick={() => mark(kind)}
          >
            <KindSign kind={kind} />
            <span>{t(kind)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
