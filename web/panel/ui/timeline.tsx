import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { clock } from '../i18n/format';
import classes from './timeline.module.css';

/** In seconds. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Where one is in a recording, with the stretches that have no picture. */
export function Timeline(props: {
  readonly label: string;
  readonly position: number;
  readonly end: number;
  readonly gaps: readonly Stretch[];
  readonly disabled?: boolean;
  /** One that somebody chooses. */
  readonly chosen?: Stretch | null;
  /** What lies above it, in its width. */
  readonly lane?: ReactNode;
  /** What lies below it, in its width. */
  readonly under?: ReactNode;
  readonly onSeek: (seconds: number) => void;
}) {
  const { label, position, end, gaps, disabled = false, chosen, lane, under, onSeek } = props;
  useTranslation();
  return (
    <div className={classes.timeline}>
      <div className={classes.line}>
        {lane}
        <div className={classes.track}>
          <svg className={classes.gaps} viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden>
            {end > 0 && (
              <rect className={classes.past} x={0} y={0} width={(1000 * Math.min(position, end)) / end} height={10} />
            )}
            {end > 0 &&
              gaps.map((gap) => (
                <rect
                  key={gap.start}
                  className={classes.gap}
                  x={(1000 * gap.start) / end}
                  y={0}
                  width={Math.max(2, (1000 * (Math.min(gap.end, end) - gap.start)) / end)}
                  height={10}
                />
              ))}
            {end > 0 && chosen && (
              <rect
                className={classes.chosen}
                x={(1000 * chosen.start) / end}
                y={0}
                width={Math.max(2, (1000 * (chosen.end - chosen.start)) / end)}
                height={10}
              />
            )}
          </svg>
          <input
            type="range"
            min={0}
            max={Math.max(end, 0.1)}
            step="any"
            value={Math.min(position, end)}
            disabled={disabled}
            aria-label={label}
            aria-valuetext={clock(position)}
            onChange={(event) => onSeek(Number(event.currentTarget.value))}
          />
        </div>
        {under}
      </div>
      <output className={classes.time}>
        {clock(position)} / {clock(end)}
      </output>
    </div>
  );
}
