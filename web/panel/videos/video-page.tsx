import { Alert, Group, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconFileUnknown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClubs } from '../access/club';
import { isAdmin, useUser } from '../access/use-access';
import { CompressionCard } from '../compression/compression-card';
import { dateTime } from '../i18n/format';
import { useActivity } from '../activity/activity-data';
import { ActivityStrip } from '../activity/activity-strip';
import { ShareButton } from '../sharing/share-button';
import type { SharedMatch } from '../sharing/shares-data';
import { CutBar } from '../highlights/cut-bar';
import { HighlightList } from '../highlights/highlight-list';
import { useStretch } from '../highlights/use-stretch';
import { MarkBar } from '../markers/mark-bar';
import { MarkerLane } from '../markers/marker-lane';
import type { Marker } from '../markers/markers-data';
import { MomentList } from '../markers/moment-list';
import { stepsOf, useMomentKeys, useMoments } from '../markers/use-moments';
import { Card } from '../ui/card';
import { TextLink } from '../ui/links';
import { useTitle } from '../ui/page-title';
import { Failed, Loading } from '../ui/states';
import { DeleteButton } from './delete-button';
import { Download } from './download';
import { Facts, GapList } from './facts';
import { NotReady } from './not-ready';
import { Player } from './player';
import { Stored } from './stored';
import { filmsOf, gapsOf, useVideoAngles } from './video-angles';
import { VideoControl } from './video-control';
import classes from './video.module.css';
import { keptSearch, type Session, useMatch, useVideo, type Video, videoIsMade, videoQuery } from './videos-data';
import './bring-texts';

/** One finished video: to watch, to keep, to delete. While its file is being made, how far that is. */
export function VideoPage() {
  const { videoId } = useParams({ from: '/inside/videos/$videoId' });
  const { t } = useTranslation('videos');
  const video = useVideo(videoId);
  const match = useMatch(videoId);
  useTheFile(videoId, match.data?.recording);
  const zone = useZone(video.data?.club_id ?? match.data?.club_id);
  const court = video.data?.terrain_name ?? match.data?.terrain_name;
  useTitle(court === undefined ? t('title') : `${court} · ${t('title')}`);
  return (
    <>
      <Group mb="md" gap="4px 16px">
        <TextLink to="/videos" search={keptSearch.get()} c="dimmed" mih={44} display="inline-flex">
          <Group gap={6}>
            <IconArrowLeft size={20} aria-hidden /> {t('back')}
          </Group>
        </TextLink>
        <Title order={1} size="h2">
          {court ?? t('title')}
        </Title>
        {video.data && zone && <Text c="dimmed">{dateTime(video.data.created_at, zone)}</Text>}
      </Group>
      {video.isError && !video.data && <Failed error={video.error} onRetry={() => void video.refetch()} />}
      {video.data === null && match.isError && (
        <Failed error={match.error} onRetry={() => void Promise.all([video.refetch(), match.refetch()])} />
      )}
      {video.data === null && match.data && <NotReady session={match.data} />}
      {video.data && zone
        ? // The rate of the camera makes the first steps right; a video is there without it, too.
          !match.isPending && (
            // Another file of the match is another one to the player, too.
            <Finished
              key={`${videoId} ${video.data.size_bytes}`}
              video={video.data}
              session={match.data ?? null}
              timeZone={zone}
            />
          )
        : !video.isError && !(video.data === null && !match.isPending) && <Loading />}
    </>
  );
}

/** The club's clock, once it is known; the reader's own where that is not to be had. */
function useZone(clubId: number | undefined): string | null {
  const clubs = useClubs();
  if (clubs.isPending || clubId === undefined) return null;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return clubs.data?.find(({ id }) => id === clubId)?.time_zone ?? own;
}

/** When the recording says that its file is there, it is asked for. */
function useTheFile(id: string, recording: { readonly status: string } | null | undefined): void {
  const last = useRef<string | undefined>(undefined);
  const status = recording?.status;
  useEffect(() => {
    if (last.current !== undefined && last.current !== 'ready' && status === 'ready') void videoIsMade(id);
    last.current = status;
  }, [id, status]);
}

function Finished(props: { readonly video: Video; readonly session: Session | null; readonly timeZone: string }) {
  const { video, session, timeZone } = props;
  const { t } = useTranslation('videos');
  const user = useUser();
  const activity = useActivity(video.session_id, video.missing_since === null, false);
  const element = useRef<HTMLVideoElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const missing = video.missing_since;
  const control = useControl({ element, box }, video, session, missing === null);
  const angles = useVideoAngles(video);
  const gaps = useSeenGaps(video, control);
  const go = (seconds: number): void => {
    control?.goTo(seconds);
    if (control?.paused) control.toggle();
    control?.picture.scrollIntoView({ block: 'nearest' });
  };
  const moments = useMoments(video.session_id, { ownerId: video.owner.id, recorded: true, ofFile: true });
  const off = control === null || !control.possible;
  // The player may know some thousandths more than the file's row.
  const moment = () =>
    off ? null : { at_seconds: Math.floor(1000 * Math.min(control.position, video.duration_seconds)) / 1000 };
  const goTo = ({ at_seconds }: Marker): void => {
    control?.goTo(at_seconds);
    control?.picture.scrollIntoView({ block: 'nearest' });
  };
  const momentKeys = useMomentKeys({ moments, moment, playhead: control, onGo: goTo });
  const { stretch, keys: stretchKeys } = useStretch(control, video.duration_seconds);
  const keys = useMemo(() => ({ ...momentKeys, ...stretchKeys }), [momentKeys, stretchKeys]);
  return (
    <div className={classes.page}>
      {missing === null ? (
        <Player
          video={video}
          element={element}
          box={box}
          angles={angles}
          gaps={gaps}
          control={control}
          keys={keys}
          steps={stepsOf(moments.markers, off ? null : control, goTo)}
          chosen={stretch.opened ? stretch.whole : null}
          lane={
            <MarkerLane
              markers={moments.markers}
              end={control?.end ?? video.duration_seconds}
              disabled={off}
              onGo={goTo}
            />
          }
          under={
            <ActivityStrip
              activity={activity.data}
              end={control?.end ?? video.duration_seconds}
              disabled={off}
              onSeek={(seconds) => control?.goTo(seconds)}
            />
          }
        >
          <MarkBar moments={moments} moment={moment} position={control?.position ?? 0} disabled={off} />
          <CutBar sessionId={video.session_id} stretch={stretch} disabled={off} />
        </Player>
      ) : (
        <div className={classes.missing}>
          <Alert color="dark" variant="white" icon={<IconFileUnknown />} title={t('missingTitle')} maw={460}>
            {t('missingText', { time: dateTime(missing, timeZone) })}
          </Alert>
        </div>
      )}
      <div className={classes.side}>
        {missing === null && (
          <Card>
            <Stack gap="sm">
              <Download video={video} angles={angles} timeZone={timeZone} />
              <ShareButton match={sharedMatchOf(video, timeZone)} />
            </Stack>
          </Card>
        )}
        <MomentList
          moments={moments}
          position={control?.position ?? null}
          ofFile={missing === null}
          onGo={off ? null : goTo}
        />
        <HighlightList
          sessionId={video.session_id}
          ownerId={video.owner.id}
          ofFile
          match={sharedMatchOf(video, timeZone)}
        />
        <Facts video={video} recording={session?.recording} timeZone={timeZone} />
        <GapList video={video} onGo={control ? go : null} />
        {isAdmin(user) && missing === null && (
          <CompressionCard id={video.session_id} sizeBytes={video.size_bytes} compression={video.compression} />
        )}
        {isAdmin(user) && <Stored video={video} />}
        {isAdmin(user) && <DeleteButton video={video} timeZone={timeZone} />}
      </div>
    </div>
  );
}

function sharedMatchOf(video: Video, timeZone: string): SharedMatch {
  const { session_id: sessionId, club_id: clubId, user_id: ownerId, terrain_name: court, created_at: at } = video;
  return { sessionId, clubId, ownerId, court, at, timeZone };
}

/** Where the camera that is seen has no picture, in seconds of the match. */
function useSeenGaps(video: Video, control: VideoControl | null): Video['gaps'] {
  const seen = control?.leading ?? video.session_id;
  const angle = video.angles.find(({ session_id }) => session_id === seen);
  const own = useQuery({ ...videoQuery(seen), enabled: angle !== undefined }).data;
  if (!angle) return video.gaps;
  const offset = angle.offset_seconds ?? 0;
  return (own?.gaps ?? []).map(({ start_seconds, end_seconds, reason }) => ({
    ...{ start_seconds: start_seconds + offset, end_seconds: end_seconds + offset, reason },
  }));
}

/** The player for the life of the page. */
function useControl(
  {
    element,
    box,
  }: Record<'element', React.RefObject<HTMLVideoElement | null>> &
    Record<'box', React.RefObject<HTMLDivElement | null>>,
  video: Video,
  session: Session | null,
  wanted: boolean,
): VideoControl | null {
  const [control, setControl] = useState<VideoControl | null>(null);
  const [, tell] = useReducer((count: number) => count + 1, 0);
  const source = useRef({
    sessionId: video.session_id,
    seconds: video.duration_seconds,
    gaps: gapsOf(video),
    fps: session?.camera.fps ?? null,
    angles: filmsOf(video, session),
  });
  useEffect(() => {
    if (element.current === null || !wanted) return;
    const made = new VideoControl(element.current, box.current, source.current, tell);
    setControl(made);
    return () => {
      made.destroy();
      setControl(null);
    };
  }, [element, box, wanted]);
  return control;
}
