import { Button, Group, Text } from '@mantine/core';
import { IconDoorExit, IconPlayerRecordFilled } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import type { GapMessage } from '../../live';
import type { Club } from '../access/club';
import { useMayRun } from '../access/may-run';
import { useActivity } from '../activity/activity-data';
import { ActivityStrip } from '../activity/activity-strip';
import { useAngleKeys } from '../angles/use-angle-keys';
import type { Chosen } from '../angles/choice';
import { answer, api } from '../api/client';
import { courtsChanged, isRunning } from '../courts/court-states';
import { HighlightList } from '../highlights/highlight-list';
import { highlightsMayDiffer } from '../highlights/highlights-data';
import { KeepButton } from '../highlights/keep-button';
import { MarkBar } from '../markers/mark-bar';
import { MarkerLane } from '../markers/marker-lane';
import { type Marker, markerHeard, markersMayDiffer } from '../markers/markers-data';
import { MomentList } from '../markers/moment-list';
import { stepsOf, useMomentKeys, useMoments } from '../markers/use-moments';
import type { SharedMatch } from '../sharing/shares-data';
import { useConfirm } from '../ui/confirm';
import { Card } from '../ui/card';
import { sayDone, sayFailed, saySorry } from '../ui/say';
import { Failed, Loading } from '../ui/states';
import { useNow } from '../ui/use-now';
import { Consent } from './consent';
import { filmsOf, useCourtAngles } from './court-angles';
import classes from './court.module.css';
import { LookAgain } from './look-again';
import { Lookback, type Stretch } from './lookback';
import { PlayersPanel } from './players-panel';
import { RecordPanel } from './record-panel';
import { type Session, sessionChanged, useSession } from './session-data';
import { Stage } from './stage';
import { type PlayedCourt, useCourtPlayer } from './use-court-player';

/** Only where a court has several cameras. */
const AngleBar = lazy(async () => ({ default: (await import('../angles/angle-bar')).AngleBar }));

/** What a press keeps where the club is not known yet. */
const USUAL_SECONDS = 30;
/** What is worth keeping, and surely on the disk. */
const LEAST_SECONDS = 2;

/** A court with an open session: the picture, the recording, and who plays. */
export function SessionView(props: {
  readonly sessionId: string;
  readonly courtName: string;
  readonly club: Club | null;
}) {
  const session = useSession(props.sessionId);
  if (session.isError && !session.data) return <Failed error={session.error} onRetry={() => void session.refetch()} />;
  if (!session.data) return <Loading />;
  return <OpenSession {...props} session={session.data} />;
}

function OpenSession(props: {
  readonly session: Session;
  readonly sessionId: string;
  readonly courtName: string;
  readonly club: Club | null;
}) {
  const { session, sessionId, courtName, club } = props;
  const { t } = useTranslation('court');
  const { t: angle } = useTranslation('angles');
  const stage = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [told, setTold] = useState<readonly GapMessage[]>([]);
  const played = useCourtPlayer(stage, sessionId, {
    onGap: (gap) => setTold((before) => [...before, gap]),
    onMarker: (marker) => markerHeard(sessionId, marker),
    onAutoStop: () => void sessionChanged(sessionId),
    onSubscribed: () => {
      markersMayDiffer(sessionId);
      highlightsMayDiffer(sessionId);
    },
  });
  const recordedSeconds = useRecordedSeconds(session, played);
  const running = isRunning(played?.view.recording ?? session.recording);
  const gaps = useMemo(() => stretchesOf(session, told), [session, told]);
  const lookback = useLookback({ video, box, session, recordedSeconds });
  const looking = lookback?.active === true;
  const angles = useCourtAngles(session, played, looking);
  const choose = (chosen: Chosen): void => {
    angles.choose(chosen);
    lookback?.choose(chosen);
  };
  useAngleKeys(angles.angles, angles.chosen, choose);
  const mayRun = useMayRun(session.user_id);
  const recorded = recordedSeconds !== null && session.recording !== null;
  const moments = useMoments(sessionId, { ownerId: session.user_id, recorded, ofFile: false });
  const activity = useActivity(sessionId, recorded, running);
  /** What one sees then: a moment of the past, or the present while it is recorded. */
  const moment = () =>
    looking ? { at_seconds: wholeMilliseconds(lookback.position) } : running ? { seconds_ago: 0 } : null;
  const goTo = ({ at_seconds }: Marker): void => {
    lookback?.goTo(at_seconds, true);
    lookback?.picture.scrollIntoView({ block: 'nearest' });
  };
  const keys = useMomentKeys({ moments, moment, playhead: lookback, onGo: goTo });
  // A state that the connection told first is asked for in full.
  const status = played?.view.recording?.status;
  useEffect(() => {
    if (status !== undefined) void sessionChanged(sessionId);
  }, [sessionId, status]);
  return (
    <div className={classes.page} data-running={running || undefined}>
      <div className={classes.picture}>
        <Stage {...{ stage, video, box, angles, lookback, recordedSeconds, running }} mainId={sessionId} />
        {angles.angles.length > 0 && (
          <div className={classes.angles}>
            <Suspense>
              <AngleBar angles={angles.angles} chosen={angles.chosen} onChoose={choose} />
            </Suspense>
            <Text size="xs" c="dimmed" visibleFrom="md">
              {angle('keys')}
            </Text>
          </div>
        )}
      </div>
      <div className={classes.again}>
        {recorded && (
          <MarkBar
            moments={moments}
            moment={moment}
            position={looking ? lookback.position : null}
            disabled={!looking && !(running && recordedSeconds > 0)}
          >
            {running && (
              <KeepButton
                sessionId={sessionId}
                seconds={club?.highlight_seconds ?? USUAL_SECONDS}
                disabled={recordedSeconds < LEAST_SECONDS}
              />
            )}
          </MarkBar>
        )}
        <LookAgain
          lookback={lookback}
          gaps={gaps}
          keys={keys}
          steps={stepsOf(moments.markers, lookback?.possible ? lookback : null, goTo)}
          lane={<MarkerLane markers={moments.markers} end={lookback?.end ?? 0} onGo={goTo} />}
          under={
            <ActivityStrip
              activity={activity.data}
              end={lookback?.end ?? 0}
              disabled={!lookback?.possible}
              onSeek={(seconds) => lookback?.goTo(seconds, false)}
            />
          }
        />
      </div>
      <div className={classes.side}>
        {(session.recording === null || running) && <Consent note={club?.consent_note ?? null} />}
        <RecordPanel {...{ session, courtName, mayRun, recordedSeconds }} timeZone={club?.time_zone} />
        {mayRun && !running && <Close session={session} />}
        {recorded && (
          <MomentList
            moments={moments}
            position={looking ? lookback.position : null}
            ofFile={session.recording?.status === 'ready'}
            onGo={lookback?.possible ? goTo : null}
          />
        )}
        {recorded && (
          <HighlightList
            sessionId={sessionId}
            ownerId={session.user_id}
            ofFile={session.recording?.status === 'ready'}
            match={club && sharedMatchOf(session, courtName, club)}
          />
        )}
        <PlayersPanel session={session} mayRun={mayRun} />
        <Text size="xs" c="dimmed">
          {t('camera')}: {t('cameraFacts', facts(session))} · {session.camera.codec?.toUpperCase()}
        </Text>
        {played?.view.unplayable && (
          <Text size="xs" role="status">
            {t('unplayable')}
          </Text>
        )}
      </div>
    </div>
  );
}

function sharedMatchOf(session: Session, court: string, club: Club): SharedMatch {
  const { session_id: sessionId, club_id: clubId, user_id: ownerId, created_at: at } = session;
  return { sessionId, clubId, ownerId, court, at: session.recording?.started_at ?? at, timeZone: club.time_zone };
}

/** The service takes no later moment than it has pictures of. */
function wholeMilliseconds(seconds: number): number {
  return Math.max(0, Math.floor(seconds * 1000) / 1000);
}

function Close({ session }: { readonly session: Session }) {
  const { session_id } = session;
  const { t } = useTranslation('court');
  const confirm = useConfirm();
  const close = useMutation({
    mutationFn: () => answer(api.POST('/api/video/session/close', { body: { session_id } })),
    onSuccess: () => sayDone(t('closed')),
    onError: sayFailed,
    onSettled: courtsChanged,
  });
  const ask = (): void =>
    confirm({ title: t('closeTitle'), text: t('closeText'), button: t('close'), onConfirm: () => close.mutate() });
  if (session.recording?.status === 'ready') {
    return (
      <Card title={t('next')}>
        <Text size="sm" c="dimmed" mb="sm">
          {t('nextHint')}
        </Text>
        <Button
          fullWidth
          variant="light"
          leftSection={<IconPlayerRecordFilled size={16} aria-hidden />}
          loading={close.isPending}
          onClick={() => close.mutate()}
        >
          {t('next')}
        </Button>
      </Card>
    );
  }
  return (
    <Group>
      <Button
        variant="default"
        leftSection={<IconDoorExit size={18} aria-hidden />}
        loading={close.isPending}
        onClick={ask}
      >
        {t('close')}
      </Button>
    </Group>
  );
}

/** Seconds of the recording at which what is shown live lies; `null`: nothing is recorded. */
function useRecordedSeconds(session: Session, played: PlayedCourt | null): number | null {
  const recording = played?.view.recording ?? session.recording;
  const running = isRunning(recording);
  const now = useNow(250, running);
  if (recording == null || recording.started_at === null) return null;
  if (!running) return recording.duration_seconds;
  // Without a connection nobody knows whether it goes on.
  const view = played?.view;
  const until = view?.phase === 'offline' && view.since !== null ? view.since : now;
  const shown = Math.min(played?.player.shownAt ?? until, until);
  return Math.max(0, (shown - new Date(recording.started_at).getTime()) / 1000);
}

/** Looking back: a controller for the life of the page, told anew what is live. */
function useLookback(now: {
  readonly video: React.RefObject<HTMLVideoElement | null>;
  readonly box: React.RefObject<HTMLDivElement | null>;
  readonly session: Session;
  readonly recordedSeconds: number | null;
}): Lookback | null {
  const [lookback, setLookback] = useState<Lookback | null>(null);
  const [, tell] = useReducer((count: number) => count + 1, 0);
  const latest = useRef(now);
  latest.current = now;
  const { video, box } = now;
  const sessionId = now.session.session_id;
  useEffect(() => {
    if (video.current === null) return;
    const control = new Lookback(video.current, box.current, sessionId, {
      now: () => latest.current.recordedSeconds,
      fps: () => latest.current.session.camera.fps,
      films: () => filmsOf(latest.current.session),
      onFailed: () => saySorry(i18next.t('court:reviewFailed')),
      onChange: tell,
    });
    setLookback(control);
    return () => control.destroy();
  }, [video, box, sessionId]);
  return lookback;
}

function stretchesOf(session: Session, told: readonly GapMessage[]): readonly Stretch[] {
  const known = session.recording?.gaps ?? [];
  const newer = told.filter(
    ({ start_seconds }) => !known.some((gap) => Math.abs(gap.start_seconds - start_seconds) < 0.01),
  );
  return [...known, ...newer].map(({ start_seconds: start, end_seconds: end }) => ({ start, end }));
}

function facts({ camera: { width, height, fps } }: Session) {
  return {
    width: String(width ?? '?'),
    height: String(height ?? '?'),
    fps: fps === null ? '?' : String(Math.round(fps)),
  };
}
