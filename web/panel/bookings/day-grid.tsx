import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { time } from '../i18n/format';
import { type Agenda, BookingBox, StateOf, timesOf, whatOf } from './agenda-parts';
import classes from './bookings.module.css';
import { downOf, hoursOf, placed, shownPart, type Span } from './day-layout';
import { remarkOf } from './words';

/** A day with its courts beside each other, for screens that are wide enough. */
export function DayGrid(props: {
  readonly agenda: Agenda;
  readonly day: Span;
  /** Books on a court; `null`: this reader may not. */
  readonly onBook: ((courtId: number) => void) | null;
}) {
  const { agenda, day, onBook } = props;
  const { bookings, courts, timeZone, now } = agenda;
  const { t } = useTranslation('bookings');
  const shown = shownPart(bookings, day, now);
  const hours = hoursOf(shown);
  const height = `calc(var(--hour) * ${(shown.to - shown.from) / 3_600_000})`;
  const isNow = now >= shown.from && now < shown.to;
  const down = `${100 * downOf(now, shown)}%`;
  return (
    <div
      className={classes.grid}
      style={{ gridTemplateColumns: `3.75rem repeat(${courts.length}, minmax(9.5rem, 1fr))` }}
      // Many courts are scrolled to by keys, too.
      tabIndex={0}
      role="group"
      aria-label={t('title')}
    >
      <div className={classes.hours} aria-hidden>
        <div className={classes.scale} style={{ height }}>
          {hours.slice(1).map((hour) => (
            <span key={hour} style={{ top: `${100 * downOf(hour, shown)}%` }}>
              {time(hour, timeZone)}
            </span>
          ))}
        </div>
      </div>
      {courts.map(({ id, name }) => (
        <section key={id} className={classes.column} aria-label={name}>
          <div className={classes.head}>
            <h2>{name}</h2>
            {onBook && (
              <Tooltip label={t('bookOn', { court: name })}>
                <ActionIcon
                  variant="subtle"
                  size={40}
                  aria-label={t('bookOn', { court: name })}
                  onClick={() => onBook(id)}
                >
                  <IconPlus size={20} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
          <ul className={classes.track} style={{ height }}>
            {isNow && <li className={classes.line} style={{ top: down }} aria-hidden />}
            {placed(
              bookings.filter(({ terrain_id }) => terrain_id === id),
              shown,
            ).map(({ item, top, bottom, lane, lanes }) => (
              <li
                key={item.id}
                className={classes.block}
                style={{
                  top: `${100 * top}%`,
                  height: `${100 * (bottom - top)}%`,
                  left: `${(100 * lane) / lanes}%`,
                  width: `${100 / lanes}%`,
                }}
              >
                <BookingBox booking={item} agenda={agenda}>
                  <span className={classes.times}>{timesOf(item, timeZone).join(' – ')}</span>
                  <StateOf booking={item} agenda={agenda} />
                  {item.mine && <span className={classes.what}>{whatOf(item)}</span>}
                  <VisuallyHidden>
                    {name} {remarkOf(item)}
                  </VisuallyHidden>
                </BookingBox>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
