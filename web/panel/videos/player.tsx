import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import {
  IconAlertTriangle,
  IconLineDashed,
  IconMaximize,
  IconMinimize,
  IconPlayerPlayFilled,
} from '@tabler/icons-react';
import { lazy, type ReactNode, type RefObject, Suspense, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Angle } from '../angles/angle';
import angleClasses from '../angles/angles.module.css';
import { useAngleKeys } from '../angles/use-angle-keys';
import { clock } from '../i18n/format';
import { MomentSteps } from '../markers/moment-steps';
import type { Steps } from '../markers/use-moments';
import { toggleFullscreen, useIsFullscreen } from '../ui/fullscreen';
import { BackButtons, ForwardButtons, FrameButtons, Sign, SpeedButtons } from '../ui/player-buttons';
import { type KeyActions, usePlayerKeys } from '../ui/player-keys';
import { Timeline } from '../ui/timeline';
import { gapNear } from './gap-near';
import classes from './player.module.css';
import { Thumbnail } from './thumbnail';
import { VIDEO_SPEEDS, type VideoControl } from './video-control';
import type { Video } from './videos-data';

/** Only where a match has several cameras. */
const AngleBar = lazy(async () => ({ default: (await import('../angles/angle-bar')).AngleBar }));
const AngleNotes = lazy(async () => ({ default: (await import('../angles/angle-notes')).AngleNotes }));

/** A finished video with all one may do to look at it. It fills the screen with its buttons. */
export function Player(props: {
  readonly video: Video;
  readonly element: RefObject<HTMLVideoElement | null>;
  /** Where the pictures of other cameras go. */
  readonly box: RefObject<HTMLDivElement | null>;
  /** The cameras of the match; none where it has only one. */
  readonly angles: readonly Angle[];
  /** Stretches without a picture of the camera that is seen, in seconds of the match. */
  readonly gaps: Video['gaps'];
  readonly control: VideoControl | null;
  /** A stretch that somebody chooses. */
  readonly chosen: { readonly start: number; readonly end: number } | null;
  /** What lies on the timeline. */
  readonly lane: ReactNode;
  /** What lies below the timeline. */
  readonly under: ReactNode;
  /** Keys besides those of the player; the same object each time. */
  readonly keys: KeyActions;
  readonly steps: Steps;
  /** What may be done to the moment that is shown. */
  readonly children: ReactNode;
}) {
  const { video, element, box, angles, control, chosen, lane, under, keys, steps, children } = props;
  const { t } = useTranslation('player');
  const { t: markers } = useTranslation('markers');
  const { t: videos } = useTranslation('videos');
  const { t: angle } = useTranslation('angles');
  const frame = useRef<HTMLDivElement>(null);
  const full = useIsFullscreen(frame);
  const fill = (): void => void toggleFullscreen(frame.current, control?.picture);
  usePlayerKeys(
    control,
    useMemo(
      () => ({
        ...keys,
        d: () => control?.setSpeed(2),
        f: () => void toggleFullscreen(frame.current, control?.picture),
      }),
      [control, keys],
    ),
  );
  useAngleKeys(angles, control?.chosen ?? [], (next) => control?.choose(next));
  const off = control === null || !control.possible;
  const playing = control !== null && !control.paused;
  const gaps = video.gaps.map(({ start_seconds: start, end_seconds: end }) => ({ start, end }));
  const title = full ? t('leaveFullscreen') : t('fullscreen');
  return (
    <div className={classes.player} ref={frame}>
      <div
        className={`${classes.stage} ${angleClasses.stage}`}
        data-two={(control !== null && control.chosen.length > 1) || undefined}
      >
        {!control?.shown && <Thumbnail video={video} />}
        {/* The picture plays and pauses too; the button below is its twin for keys and screen readers. */}
        <video
          ref={element}
          className={classes.video}
          data-shown={control?.shown || undefined}
          playsInline
          muted
          preload="auto"
          onClick={() => control?.toggle()}
          onDoubleClick={fill}
        />
        <div className={angleClasses.box} ref={box} onClick={() => control?.toggle()} onDoubleClick={fill} />
        <Overlay control={control} />
        {control && <GapNote position={control.position} gaps={props.gaps} />}
        {control && angles.length > 0 && (
          <Suspense>
            <AngleNotes angles={angles} chosen={control.chosen} lackOf={(id) => control.lackOf(id)} />
          </Suspense>
        )}
      </div>
      <Stack gap="xs" className={classes.controls}>
        <Timeline
          label={t('position')}
          position={control?.position ?? 0}
          end={control?.end ?? video.duration_seconds}
          gaps={gaps}
          disabled={off}
          chosen={chosen}
          lane={lane}
          under={under}
          onSeek={(seconds) => control?.goTo(seconds)}
        />
        <div className={classes.buttons}>
          <div className={classes.frames}>
            <MomentSteps steps={steps}>
              <FrameButtons player={control} disabled={off} playing={playing} />
            </MomentSteps>
          </div>
          <div className={classes.back}>
            <BackButtons player={control} disabled={off} />
          </div>
          <div className={classes.forward}>
            <ForwardButtons player={control} disabled={off} />
          </div>
          <div className={classes.speeds}>
            <SpeedButtons player={control} disabled={off} speeds={VIDEO_SPEEDS} speed={control?.speed} />
          </div>
          <div className={classes.fill}>
            <Sign title={title} keys="f" disabled={off} onClick={fill}>
              {full ? <IconMinimize size={20} aria-hidden /> : <IconMaximize size={20} aria-hidden />}
            </Sign>
          </div>
        </div>
        {angles.length > 0 && (
          <Suspense fallback={<div className={classes.angles} />}>
            <AngleBar
              angles={angles}
              chosen={control?.chosen ?? []}
              disabled={off}
              onChoose={(next) => control?.choose(next)}
            />
          </Suspense>
        )}
        {children}
        <Text size="xs" c="dimmed" visibleFrom="md">
          {videos('keys')} · {markers('keys')}
          {angles.length > 0 && ` · ${angle('keys')}`}
        </Text>
      </Stack>
    </div>
  );
}

function Overlay({ control }: { readonly control: VideoControl | null }) {
  const { t } = useTranslation('videos');
  const { t: app } = useTranslation();
  const { t: player } = useTranslation('player');
  if (control !== null && control.problem !== null) {
    return (
      <div className={classes.overlay}>
        <Alert color="red" variant="filled" role="alert" icon={<IconAlertTriangle />} title={t('failed')} maw={420}>
          <Group justify="space-between">
            <Text size="sm">{t('failedHint')}</Text>
            <Button variant="white" color="dark" onClick={() => control.retry()}>
              {app('retry')}
            </Button>
          </Group>
        </Alert>
      </div>
    );
  }
  if (control === null || !control.possible || control.waiting) {
    return (
      <div className={classes.overlay} data-quiet role="status" aria-label={t('loading')}>
        <Loader color="white" />
      </div>
    );
  }
  // At its beginning it waits for somebody; later on a still picture is what one wants to see.
  if (!control.paused || control.position > 0.5) return null;
  return (
    <div className={classes.overlay} data-quiet>
      <button type="button" className={classes.begin} aria-label={player('play')} onClick={() => control.toggle()}>
        <IconPlayerPlayFilled size={40} aria-hidden />
      </button>
    </div>
  );
}

function GapNote({ position, gaps }: { readonly position: number; readonly gaps: Video['gaps'] }) {
  const { t } = useTranslation('videos');
  const { t: court } = useTranslation('court');
  const gap = gapNear(position, gaps);
  return (
    <div className={classes.gap} role="status">
      {gap && (
        <span className={classes.note}>
          <IconLineDashed size={16} stroke={3} aria-hidden />
          {t('noPicture', {
            start: clock(gap.start_seconds),
            end: clock(gap.end_seconds),
            reason: court(gap.reason),
          })}
        </span>
      )}
    </div>
  );
}
