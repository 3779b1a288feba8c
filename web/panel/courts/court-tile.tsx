import { Button } from '@mantine/core';
import { IconPlayerRecordFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { useMayRun } from '../access/may-run';
import { clock, dateTime } from '../i18n/format';
import { ButtonLink } from '../ui/links';
import { type BadgeState, StateBadge } from '../ui/state-badge';
import { useNow } from '../ui/use-now';
import { AutoStopNote } from './auto-stop';
import { type CourtState, isFree, isRunning } from './court-states';
import classes from './courts.module.css';
import { NextBooking } from './next-booking';
import { useRecordCourt, useStopCourt } from './record-court';
import { type TileView, useTile } from './use-tile';

/** One court on the wall: its picture, its state, and what one may do about it. */
export function CourtTile(props: { readonly court: CourtState; readonly club: Club | null }) {
  const { court, club } = props;
  const timeZone = club?.time_zone;
  const { t } = useTranslation('courts');
  const canvas = useRef<HTMLCanvasElement>(null);
  const tile = useTile(canvas, court.session_id);
  const recording = tile.state?.recording ?? court.recording;
  const running = isRunning(recording);
  const now = useNow(1_000, running);
  const state = stateOf(court, tile);
  const startedAt = running ? (recording?.started_at ?? null) : null;
  const seconds = startedAt === null ? 0 : (now - new Date(startedAt).getTime()) / 1000;
  const courtId = String(court.terrain_id);
  return (
    <article className={classes.tile} data-recording={running || undefined} aria-label={court.name}>
      <Link to="/courts/$courtId" params={{ courtId }} className={classes.picture} data-state={state} tabIndex={-1}>
        <canvas
          ref={canvas}
          width={16}
          height={9}
          data-seen={(tile.seen && !tile.ended) || undefined}
          role="img"
          aria-label={t('picture', { court: court.name })}
        />
        <span className={classes.badges}>
          <StateBadge state={state}>{t(state)}</StateBadge>
          {running && <StateBadge state="recording">{clock(seconds)}</StateBadge>}
          {recording?.status === 'finalizing' && <StateBadge state="connecting">{t('finalizing')}</StateBadge>}
        </span>
      </Link>
      {running && <Soon court={court} />}
      <div className={classes.foot}>
        <div className={classes.name}>
          <h2>{court.name}</h2>
          <p>{detailOf(court, timeZone, t)}</p>
          <NextBooking clubId={club?.id ?? null} courtId={court.terrain_id} timeZone={timeZone} />
        </div>
        <TileActions court={court} note={club?.consent_note ?? null} running={running} seconds={seconds} />
      </div>
    </article>
  );
}

/** It stops by itself in a moment. */
function Soon({ court }: { readonly court: CourtState }) {
  const mayKeep = useMayRun(court.owner?.id ?? null);
  const at = court.recording?.auto_stop_at ?? null;
  if (at === null) return null;
  return (
    <div className={classes.soon}>
      <AutoStopNote sessionId={court.session_id} at={at} mayKeep={mayKeep} />
    </div>
  );
}

function TileActions(props: {
  readonly court: CourtState;
  /** What the club wants everybody to know before they are filmed. */
  readonly note: string | null;
  readonly running: boolean;
  readonly seconds: number;
}) {
  const { court, note, running, seconds } = props;
  const { t } = useTranslation('courts');
  const mayRun = useMayRun(court.owner?.id ?? null);
  const record = useRecordCourt(court);
  const stop = useStopCourt(court);
  const mine = court.session_id !== null && mayRun;
  const courtId = String(court.terrain_id);
  if (running && mine) {
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStopFilled size={16} color="var(--record)" aria-hidden />}
        loading={stop.isPending}
        onClick={() => stop.ask(seconds)}
      >
        {t('stop')}
      </Button>
    );
  }
  if (isFree(court) || (mine && court.recording === null)) {
    return (
      <Button
        leftSection={<IconPlayerRecordFilled size={16} aria-hidden />}
        loading={record.isPending}
        onClick={() => record.ask(note)}
      >
        {t('record')}
      </Button>
    );
  }
  if (court.session_id === null) return null;
  return (
    <ButtonLink variant="light" to="/courts/$courtId" params={{ courtId }}>
      {t('watch')}
    </ButtonLink>
  );
}

function stateOf(court: CourtState, tile: TileView): Exclude<BadgeState, 'recording' | 'done'> {
  if (court.session_id !== null && !tile.connected) return 'noConnection';
  if (tile.state && !tile.ended) return tile.state.state;
  if (isFree(court)) return court.camera.online === false ? 'offline' : 'free';
  return court.session_id === null ? 'inUse' : court.state;
}

function detailOf(
  court: CourtState,
  timeZone: string | undefined,
  t: ReturnType<typeof useTranslation<'courts'>>['t'],
): string {
  const { online, since } = court.camera;
  if (isFree(court) && online === false && since !== null) {
    return t('offlineSince', { time: dateTime(since, timeZone) });
  }
  return court.owner === null ? '' : t('by', { name: court.owner.name });
}
