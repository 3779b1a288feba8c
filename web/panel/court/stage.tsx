import { ActionIcon, Button, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconMaximize, IconPlayerPlayFilled } from '@tabler/icons-react';
import { lazy, type ReactNode, type RefObject, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CourtPlayer, CourtView } from '../../live';
import angleClasses from '../angles/angles.module.css';
import { clock, duration, number } from '../i18n/format';
import { problemInWords } from '../i18n/problems';
import { toggleFullscreen } from '../ui/fullscreen';
import { type BadgeState, StateBadge } from '../ui/state-badge';
import { useNow } from '../ui/use-now';
import classes from './court.module.css';
import type { CourtAngles } from './court-angles';
import { type Lookback } from './lookback';

/** Only where a court has several cameras. */
const AngleNotes = lazy(async () => ({ default: (await import('../angles/angle-notes')).AngleNotes }));
const LiveAngle = lazy(async () => ({ default: (await import('./live-angle')).LiveAngle }));

/** The picture, and on it how fresh it is and what is wrong. The players put their elements into it. */
export function Stage(props: {
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly video: RefObject<HTMLVideoElement | null>;
  /** Where the pictures of other cameras go, while one looks back. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly mainId: string;
  readonly angles: CourtAngles;
  readonly lookback: Lookback | null;
  /** Seconds that are recorded; `null`: nothing is. */
  readonly recordedSeconds: number | null;
  readonly running: boolean;
}) {
  const { stage, video, box, mainId, angles, lookback, recordedSeconds, running } = props;
  const { t } = useTranslation('court');
  const { t: player } = useTranslation('player');
  const looking = lookback?.active === true;
  const played = angles.seen;
  const two = angles.chosen.length > 1;
  return (
    <div
      className={`${classes.stage} ${angleClasses.stage}`}
      ref={stage}
      data-live
      data-main={angles.placeOf(mainId)}
      data-two={two || undefined}
      data-looking={lookback?.shown || undefined}
    >
      <Suspense>
        {angles.others.map((id) => (
          <LiveAngle key={id} id={id} angles={angles} looking={looking} />
        ))}
      </Suspense>
      <video ref={video} className={classes.review} data-review hidden={!lookback?.shown} playsInline muted />
      <div className={angleClasses.box} ref={box} />
      <div className={classes.badges}>
        {played && !looking && <LiveBadge player={played.player} view={played.view} />}
        {looking && lookback && <StateBadge state="done">{labelOf(lookback, running, t)}</StateBadge>}
        {recordedSeconds !== null && running && <StateBadge state="recording">{clock(recordedSeconds)}</StateBadge>}
      </div>
      {played && !looking && !(two && played.view.phase === 'reconnecting') && (
        <Trouble player={played.player} view={played.view} />
      )}
      {angles.angles.length > 0 && (
        <Suspense>
          <AngleNotes
            angles={angles.angles}
            chosen={angles.chosen}
            lackOf={(id) => (looking && lookback ? lookback.lackOf(id) : angles.lackOf(id))}
          />
        </Suspense>
      )}
      <Tooltip label={player('fullscreen')}>
        <ActionIcon
          className={classes.fullscreen}
          size={44}
          variant="filled"
          color="dark"
          aria-label={player('fullscreen')}
          onClick={() => void toggleFullscreen(stage.current, looking ? lookback.picture : played?.player.video)}
        >
          <IconMaximize size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function LiveBadge({ player, view }: { readonly player: CourtPlayer; readonly view: CourtView }) {
  const { t } = useTranslation('court');
  const behind = useBehind(player);
  const [state, text] = ((): [BadgeState, string] => {
    if (view.phase === 'reconnecting') return ['reconnecting', t('cameraAway')];
    if (view.phase === 'offline') return ['noConnection', t('connecting')];
    if (view.phase === 'live') return ['live', t('live')];
    return view.phase === 'connecting' ? ['connecting', t('connecting')] : ['done', t('ended')];
  })();
  const way = view.way === 'pictures' ? ` · ${t('pictures')}` : '';
  return (
    <span title={t('behindTitle')} data-behind={behind ?? undefined}>
      <StateBadge state={state}>
        {text}
        {view.phase === 'live' && behind !== null && ` · ${t('behind', { seconds: number(behind / 1000, 2) })}${way}`}
      </StateBadge>
    </span>
  );
}

/** Milliseconds that what is shown lies behind, once a second; `null` where it is not known. */
function useBehind(player: CourtPlayer): number | null {
  const [behind, setBehind] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => setBehind(player.latency.read()?.median ?? null), 1_000);
    return () => clearInterval(timer);
  }, [player]);
  return behind;
}

function Trouble({ player, view }: { readonly player: CourtPlayer; readonly view: CourtView }) {
  const { t } = useTranslation('court');
  const away = view.phase === 'reconnecting' || view.phase === 'offline';
  const now = useNow(1_000, away);
  if (view.blocked) {
    return (
      <Overlay>
        <Button size="lg" leftSection={<IconPlayerPlayFilled aria-hidden />} onClick={() => player.play()}>
          {t('touchToPlay')}
        </Button>
      </Overlay>
    );
  }
  if (away) {
    const time = duration(Math.max(0, (now - (view.since ?? now)) / 1000));
    const offline = view.phase === 'offline';
    const spoken = offline ? problemInWords('network', '') : t('cameraAway');
    // Who hears the page hears that it is so, and not each second for how long.
    return <Overlay spoken={spoken}>{t(offline ? 'noConnectionFor' : 'cameraAwayFor', { time })}</Overlay>;
  }
  if (view.phase === 'ended') return <Overlay>{t('ended')}</Overlay>;
  if (view.problem !== null) return <Overlay>{problemInWords(view.problem.code, view.problem.detail)}</Overlay>;
  return view.phase === 'connecting' ? <Overlay>{t('connecting')}</Overlay> : null;
}

/** @param props.spoken what is said of it, where it is not what is read */
function Overlay(props: { readonly children: ReactNode; readonly spoken?: string }) {
  const { children, spoken } = props;
  return (
    <div className={classes.overlay}>
      <Text component="div" {...(spoken === undefined ? { role: 'status' } : { 'aria-hidden': true })}>
        {children}
      </Text>
      {spoken !== undefined && <VisuallyHidden role="status">{spoken}</VisuallyHidden>}
    </div>
  );
}

function labelOf(lookback: Lookback, running: boolean, t: ReturnType<typeof useTranslation<'court'>>['t']): string {
  const ago = Math.max(0, lookback.end - lookback.position);
  const time = ago < 60 ? `${number(ago, 1)} s` : clock(ago);
  const where = running ? t('ago', { time }) : clock(lookback.position);
  const speed = { 0.25: '¼×', 0.5: '½×' }[lookback.speed] ?? '1×';
  return `${where} · ${lookback.paused ? t('paused') : speed}`;
}
