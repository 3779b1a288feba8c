import { Button, Stack, Text } from '@mantine/core';
import { IconPlayerTrackNext } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { bytes, clock, day, duration, time } from '../i18n/format';
import { Card } from '../ui/card';
import classes from './video.module.css';
import type { Session, Video } from './videos-data';

/** One sees what led to a gap. */
const BEFORE_GAP_SECONDS = 3;

/** What there is to say about a video. */
export function Facts(props: {
  readonly video: Video;
  readonly recording: Session['recording'] | undefined;
  readonly timeZone: string;
}) {
  const { video, recording, timeZone } = props;
  const { t } = useTranslation('videos');
  const players = [video.owner, ...video.players];
  return (
    <Card title={t('facts')}>
      <dl className={classes.facts}>
        <Fact name={t('court')}>{video.terrain_name}</Fact>
        <Fact name={t('when')}>{whenOf(video, recording, timeZone, t)}</Fact>
        <Fact name={t('length')}>{clock(video.duration_seconds)}</Fact>
        {recording?.stop_reason === 'no_play' && (
          <Fact name={t('ended')}>{t('endedQuiet', { time: duration(recording.idle_tail_seconds ?? 0) })}</Fact>
        )}
        <Fact name={t('size')}>{bytes(video.size_bytes)}</Fact>
        <Fact name={t('resolution')}>
          {video.width} × {video.height}
        </Fact>
        <Fact name={t('codec')}>{codecOf(video.codec)}</Fact>
        <Fact name={t('players')}>
          {players.map(({ id, name }) => (
            <span key={id} className={classes.player}>
              {name}
            </span>
          ))}
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** From the first picture to the last; where that is no longer known, when it was finished. */
function whenOf(
  { created_at, duration_seconds }: Video,
  recording: Session['recording'] | undefined,
  timeZone: string,
  t: ReturnType<typeof useTranslation<'videos'>>['t'],
): string {
  const start = recording?.started_at;
  if (start == null) return `${day(created_at, timeZone)}, ${t('until', { time: time(created_at, timeZone) })}`;
  const end = new Date(start).getTime() + 1000 * duration_seconds;
  return t('span', { day: day(start, timeZone), start: time(start, timeZone), end: time(end, timeZone) });
}

function codecOf(codec: string): string {
  return { h264: 'H.264', hevc: 'H.265', h265: 'H.265', av1: 'AV1' }[codec] ?? codec.toUpperCase();
}

/** Where there is no picture, and why; each leads there. */
export function GapList({ video, onGo }: { readonly video: Video; readonly onGo: ((seconds: number) => void) | null }) {
  const { t } = useTranslation('videos');
  const { t: court } = useTranslation('court');
  if (video.gaps.length === 0) return null;
  return (
    <Card title={`${t('gapList')} (${video.gaps.length})`}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('gapHint')}
      </Text>
      <Stack component="ul" gap={4} className={classes.gaps}>
        {video.gaps.map(({ start_seconds, end_seconds, reason }) => {
          const [start, end] = [clock(start_seconds), clock(end_seconds)];
          const words = (
            <span className={classes.gap}>
              <span>{t('gapGo', { start, end, length: duration(Math.max(1, end_seconds - start_seconds)) })}</span>
              <span>{court(reason)}</span>
            </span>
          );
          if (onGo === null) return <li key={start_seconds}>{words}</li>;
          return (
            <li key={start_seconds}>
              <Button
                variant="subtle"
                color="gray"
                fullWidth
                justify="flex-start"
                h="auto"
                py={6}
                leftSection={<IconPlayerTrackNext size={16} aria-hidden />}
                title={t('gapGoTitle', { start })}
                onClick={() => onGo(Math.max(0, start_seconds - BEFORE_GAP_SECONDS))}
              >
                {words}
              </Button>
            </li>
          );
        })}
      </Stack>
    </Card>
  );
}
