import { IconCheck, IconColumns2, IconLoader2, IconPlugConnectedX, IconVideo } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Angle, canBeSeen } from './angle';
import classes from './angles.module.css';
import { type Chosen, paired, pressed } from './choice';
import './bring-texts';

const SIGNS = {
  live: IconVideo,
  reached: IconLoader2,
  away: IconPlugConnectedX,
  unfinished: IconLoader2,
  none: IconPlugConnectedX,
};

/** The cameras of a match, to choose one of, or two beside each other. */
export function AngleBar(props: {
  readonly angles: readonly Angle[];
  readonly chosen: Chosen;
  readonly disabled?: boolean;
  readonly onChoose: (chosen: Chosen) => void;
}) {
  const { angles, chosen, disabled = false, onChoose } = props;
  const { t } = useTranslation('angles');
  const ids = angles.filter(canBeSeen).map(({ id }) => id);
  const two = chosen.length > 1;
  return (
    <div className={classes.bar} role="group" aria-label={t('angles')}>
      {angles.map((angle) => {
        const place = chosen.indexOf(angle.id);
        const Sign = angle.state === null ? null : SIGNS[angle.state];
        return (
          <button
            key={angle.id}
            type="button"
            className={classes.angle}
            data-state={angle.state ?? undefined}
            aria-pressed={place >= 0}
            disabled={disabled || !canBeSeen(angle)}
            onClick={() => onChoose(pressed(chosen, angle.id))}
          >
            <span className={classes.name}>
              {place >= 0 && (two ? <b>{place + 1}</b> : <IconCheck size={16} stroke={3} aria-hidden />)}
              {angle.name}
            </span>
            {Sign !== null && angle.state !== null && (
              <span className={classes.state}>
                <Sign size={13} stroke={2.5} aria-hidden />
                {t(angle.state)}
              </span>
            )}
          </button>
        );
      })}
      <button
        type="button"
        className={classes.angle}
        aria-pressed={two}
        aria-keyshortcuts="b"
        disabled={disabled || (!two && ids.length < 2)}
        onClick={() => onChoose(paired(chosen, ids))}
      >
        <span className={classes.name}>
          <IconColumns2 className={classes.pair} size={18} aria-hidden /> {t('sideBySide')}
        </span>
      </button>
    </div>
  );
}
