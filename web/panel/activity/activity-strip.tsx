import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { clock, duration } from '../i18n/format';
import type { Activity } from './activity-data';
import { areaOf, wordsOf } from './activity-shape';
import classes from './activity.module.css';
import './bring-texts';

/** How much moved, below a timeline and as wide: a press leads there, as one on the timeline does. */
export function ActivityStrip(props: {
  readonly activity: Activity | undefined;
  /** Seconds of the timeline. */
  readonly end: number;
  readonly disabled?: boolean;
  readonly onSeek: (seconds: number) => void;
}) {
  const { activity, end, disabled = false, onSeek } = props;
  const { t } = useTranslation('activity');
  const words = activity && end > 0 ? wordsOf(activity) : null;
  if (!activity || !words) return null;
  const seek = ({ currentTarget, clientX }: MouseEvent): void => {
    const { left, width } = currentTarget.getBoundingClientRect();
    if (!disabled && width > 0) onSeek((end * Math.min(Math.max(0, clientX - left), width)) / width);
  };
  const { lively, pause } = words;
  const said = [
    t('said', { percent: String(Math.round(100 * lively)) }),
    ...(pause ? [t('saidPause', { length: duration(pause.length), at: clock(pause.start) })] : []),
  ].join(' ');
  return (
    // For a pointer only: keys have the timeline's own slider, right above.
    <svg
      className={classes.strip}
      data-disabled={disabled || undefined}
      viewBox="0 0 1000 100"
      preserveAspectRatio="none"
      role="img"
      aria-label={said}
      onClick={seek}
    >
      <title>{t('title')}</title>
      <path className={classes.area} d={areaOf(activity, end)} />
    </svg>
  );
}
