import { useTranslation } from 'react-i18next';
import type { AngleLack } from '../../live';
import { clock, number } from '../i18n/format';
import type { Angle } from './angle';
import classes from './angles.module.css';
import type { Chosen } from './choice';
import './bring-texts';

/** Live cameras are away, or on their way. */
export type Lack = AngleLack | { readonly why: 'away' | 'reached' | 'notYet' };

/** Says of each camera that was chosen and is not seen at this moment why, where its picture would be. */
export function AngleNotes(props: {
  readonly angles: readonly Angle[];
  readonly chosen: Chosen;
  readonly lackOf: (id: string) => Lack;
}) {
  const { angles, chosen, lackOf } = props;
  const { t } = useTranslation('angles');
  return (
    <div className={classes.notes} data-two={chosen.length > 1 || undefined}>
      {chosen.map((id) => {
        const lack = lackOf(id);
        const name = angles.find((angle) => angle.id === id)?.name ?? '';
        return (
          <div key={id} role="status">
            {lack && <span>{wordsOf(lack, name, t)}</span>}
          </div>
        );
      })}
    </div>
  );
}

function wordsOf(lack: NonNullable<Lack>, name: string, t: ReturnType<typeof useTranslation<'angles'>>['t']): string {
  switch (lack.why) {
    case 'before':
      return t('before', { name, time: moment(lack.from) });
    case 'after':
      return t('after', { name, time: moment(lack.until) });
    case 'gap':
      return t('gap', { name, time: moment(lack.from) });
    case 'away':
      return t('awayNote', { name });
    case 'reached':
      return t('reachedNote', { name });
    case 'notYet':
      return t('notYet', { name });
    case 'failed':
      return t('failed', { name });
  }
}

/** Cameras begin within seconds of each other: a clock would say that all of them did at once. */
function moment(seconds: number): string {
  return seconds < 10 ? `${number(seconds, 1)} s` : clock(seconds);
}
