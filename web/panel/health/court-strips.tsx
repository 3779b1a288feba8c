import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { dateTime, duration, number } from '../i18n/format';
import { problemInWords } from '../i18n/problems';
import { Card } from '../ui/card';
import { StateBadge } from '../ui/state-badge';
import { useNow } from '../ui/use-now';
import { type CourtOutages, DAYS } from './health-data';
import classes from './health.module.css';
import { type Outage, stripDays } from './outage-days';

const DAY_WIDTH = 10;
const HEIGHT = 36;

/** Each court's camera over a month: a bar a day, red as far as it was away. */
export function CourtStrips(props: {
  readonly courts: readonly CourtOutages[];
  readonly timeZone: string | undefined;
}) {
  const { t } = useTranslation('health');
  const now = useNow(10_000);
  return (
    <Card title={t('outages')}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('outagesHint')}
      </Text>
      {props.courts.map((court) => (
        <CourtStrip key={court.terrain_id} court={court} now={now} timeZone={props.timeZone} />
      ))}
    </Card>
  );
}

function CourtStrip(props: {
  readonly court: CourtOutages;
  readonly now: number;
  readonly timeZone: string | undefined;
}) {
  const { court, now, timeZone } = props;
  const { t } = useTranslation('health');
  const { t: courts } = useTranslation('courts');
  const outages = court.outages.map(({ began_at, ended_at }): Outage => {
    return { begin: new Date(began_at).getTime(), end: ended_at === null ? now : new Date(ended_at).getTime() };
  });
  const knownSince = Math.min(timeOf(court.camera.since) ?? Infinity, ...outages.map(({ begin }) => begin));
  const days = stripDays(outages, now, DAYS, knownSince);
  const { online } = court.camera;
  const text =
    court.outages.length === 0
      ? t('noOutage')
      : t('outage', { count: court.outages.length, time: duration(court.offline_seconds) });
  const watched = Math.min(DAYS * 86_400, Math.max(1, (now - knownSince) / 1000));
  const share = Math.max(0, 100 * (1 - court.offline_seconds / watched));
  return (
    <div className={classes.court}>
      <div>
        <Text fw={650}>{court.name}</Text>
        <Text size="sm" c="dimmed">
          {freshness(court, now, t)}
        </Text>
      </div>
      <div className={classes.stripCell}>
        <svg
          className={classes.strip}
          viewBox={`0 0 ${DAYS * DAY_WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${court.name}: ${text}`}
        >
          {days.map(({ begin, away, known }, i) => (
            <g key={begin} data-known={known || undefined}>
              <rect className={classes.day} x={i * DAY_WIDTH + 1} y={0} width={DAY_WIDTH - 2} height={HEIGHT} rx={2} />
              {away > 0 && (
                <rect
                  className={classes.away}
                  x={i * DAY_WIDTH + 1}
                  y={HEIGHT * (1 - Math.max(0.08, away))}
                  width={DAY_WIDTH - 2}
                  height={HEIGHT * Math.max(0.08, away)}
                />
              )}
            </g>
          ))}
        </svg>
      </div>
      <div>
        <StateBadge state={online === false ? 'offline' : online === null ? 'free' : 'live'}>
          {online === null
            ? t('unknown')
            : online
              ? t('share', { share: number(share, share > 99.95 ? 0 : 1) })
              : courts('offline')}
        </StateBadge>
      </div>
      {court.outages.length > 0 && (
        <details className={classes.details}>
          <summary aria-label={t('list', { court: court.name })}>{text}</summary>
          <ul>
            {court.outages.slice(0, 20).map(({ began_at, ended_at, code }) => {
              const from = dateTime(began_at, timeZone);
              const reason = problemInWords(code, code);
              const seconds =
                ((ended_at === null ? now : new Date(ended_at).getTime()) - new Date(began_at).getTime()) / 1000;
              return (
                <li key={began_at}>
                  {ended_at === null
                    ? t('outageOpen', { from, reason })
                    : t('outageItem', { from, time: duration(seconds), reason })}
                </li>
              );
            })}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Epoch milliseconds. */
function timeOf(moment: string | null): number | null {
  return moment === null ? null : new Date(moment).getTime();
}

function freshness(court: CourtOutages, now: number, t: ReturnType<typeof useTranslation<'health'>>['t']): string {
  if (court.last_frame_age_ms !== null)
    return t('lastFrame', { time: `${number(court.last_frame_age_ms / 1000, 1)} s` });
  const seen = court.camera.last_seen_at;
  if (seen === null) return '';
  return t('lastSeen', { time: duration(Math.max(0, (now - new Date(seen).getTime()) / 1000)) });
}
