import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PersonView } from '../auth/person-view';
import { RecordingStatus } from '../recording/recording-state';
import { RECORDING_STATUSES, RecordingView } from '../recording/recording-view';
import { CourtStatus } from '../runtime/court-runtime';
import { CameraSession } from './entities/camera-session.entity';
import { MatchAngle } from './match-angles.service';
import { MatchNames } from './match-names.service';
import { SessionHealthView } from './session-health';
import { SessionSoundView, viewOfSound } from './session-sound';
import { isOpen, SessionStatus } from './session-state';

const STATUSES: readonly SessionStatus[] = ['connecting', 'live', 'reconnecting', 'closed', 'failed'];

/** What the session's camera turned out to be; `null` before it answered. */
export class SessionCameraView {
  @ApiProperty({ type: String, enum: ['rtsp', 'rtsps', 'mjpeg', 'http'], nullable: true })
  protocol: string | null;

  @ApiProperty({ type: String, enum: ['h264', 'h265', 'mjpeg'], nullable: true })
  codec: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1920 })
  width: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1080 })
  height: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 25, description: 'Measured.' })
  fps: number | null;
}

/** A further camera of a match. */
export class SessionAngleView {
  @ApiProperty({ format: 'uuid', description: 'For whatever shows pictures of it: live, preview, review, download.' })
  session_id: string;

  @ApiProperty({ example: 1, minimum: 1, maximum: 3 })
  position: number;

  @ApiProperty({ type: String, nullable: true, example: 'Back wall' })
  name: string | null;

  @ApiProperty({
    enum: STATUSES,
    description: '`connecting`, with a `reason`: it is not there, and is tried again while the match is on.',
  })
  status: SessionStatus;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it is not there, or why it ended.' })
  reason: string | null;

  @ApiProperty({ type: SessionCameraView })
  camera: SessionCameraView;

  @ApiProperty({
    type: String,
    enum: RECORDING_STATUSES,
    nullable: true,
    example: 'recording',
    description: 'As `recording.status`; `null`: nothing of it is recorded.',
  })
  recording_status: RecordingStatus | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: -0.24,
    description:
      "Where its recording's first picture lies on the time of the match's recording, in seconds: second `t` of the match is second " +
      '`t - offset_seconds` of the angle. `null` as long as one of the two has no picture.',
  })
  offset_seconds: number | null;
}

/** The wire's `session`. */
export class SessionView {
  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty()
  terrain_id: number;

  @ApiProperty({ example: 'Court 1', description: "The court's name today." })
  terrain_name: string;

  @ApiProperty()
  club_id: number;

  @ApiProperty({ description: 'The owner.' })
  user_id: number;

  @ApiProperty({ type: PersonView })
  owner: PersonView;

  @ApiProperty({ type: [Number] })
  player_ids: number[];

  @ApiProperty({ type: [PersonView], description: 'Those of `player_ids`, by id.' })
  players: PersonView[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'K7PQ3XAB',
    description:
      'By which other members of the club join; `null` once it has ended. Another one after somebody was removed.',
  })
  join_code: string | null;

  @ApiProperty({ enum: STATUSES })
  status: SessionStatus;

  @ApiProperty({ type: SessionCameraView })
  camera: SessionCameraView;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Front',
    description: 'As its camera was called when it opened.',
  })
  camera_name: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'The session of the match that this is an angle of; `null`: this is the match.',
  })
  angle_of: string | null;

  @ApiProperty({ type: [SessionAngleView], description: "The court's further cameras, by position." })
  angles: SessionAngleView[];

  @ApiProperty({ type: Number, nullable: true, example: 8080 })
  proxy_port: number | null;

  @ApiProperty({ type: RecordingView, nullable: true })
  recording: RecordingView | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_frame_at: string | null;

  @ApiProperty({ description: 'Times the camera had to be reached again.' })
  reconnects: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  closed_at: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'While the camera is away, why; after the end, why it ended.',
    example: 'camera_unreachable',
  })
  reason: string | null;

  @ApiProperty({ type: SessionSoundView, nullable: true, description: '`null` where the session is not open.' })
  sound: SessionSoundView | null;

  @ApiProperty({ type: SessionHealthView, nullable: true, description: '`null` where the session is not open.' })
  health: SessionHealthView | null;
}

export class SessionAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: SessionView })
  session: SessionView;
}

export class PlayerRemovedAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiPropertyOptional({ type: SessionView, description: 'Missing where the caller has left and sees it no more.' })
  session?: SessionView;
}

export class SessionListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [SessionView] })
  sessions: SessionView[];

  @ApiProperty()
  count: number;

  @ApiProperty({ required: false, description: 'Hand it back as `cursor` for the next page; missing on the last one.' })
  next_cursor?: string;
}

/**
 * @param status what the runtime says of it; `null` where it is not open in this process: the row's word then holds.
 * @param healthOf asked only where it is open
 */
export function viewOfSession(
  row: CameraSession,
  names: MatchNames,
  { recording, angles }: { readonly recording: RecordingView | null; readonly angles: readonly MatchAngle[] },
  status: CourtStatus | null,
  healthOf: (status: CourtStatus) => SessionHealthView,
): SessionView {
  const live = isOpen(row.status) ? status : null;
  const facts = live?.facts;
  const lastFrameAt = live ? new Date(live.lastFrameAt) : row.lastFrameAt;
  return {
    session_id: row.id,
    terrain_id: row.courtId,
    terrain_name: names.terrainName,
    club_id: row.clubId,
    user_id: row.userId,
    owner: names.owner,
    player_ids: names.players.map(({ id }) => id),
    players: [...names.players],
    join_code: isOpen(row.status) ? row.joinCode : null,
    status: live?.state ?? row.status,
    camera: {
      protocol: facts?.protocol ?? row.protocol,
      codec: facts?.codec ?? row.codec,
      width: facts?.width ?? row.width,
      height: facts?.height ?? row.height,
      fps: facts?.fps ?? row.fps,
    },
    camera_name: row.cameraName,
    angle_of: row.angleOf,
    angles: angles.map(viewOfAngle),
    proxy_port: live?.proxyPort ?? row.proxyPort,
    recording,
    created_at: row.createdAt.toISOString(),
    last_frame_at: lastFrameAt?.toISOString() ?? null,
    reconnects: live?.reconnects ?? row.reconnects,
    closed_at: row.closedAt?.toISOString() ?? null,
    reason: live?.error?.code ?? row.closeReason,
    sound: live && viewOfSound(live.sound),
    health: live && healthOf(live),
  };
}

function viewOfAngle(angle: MatchAngle): SessionAngleView {
  const { sessionId, position, name, status, reason, protocol, codec, width, height, fps } = angle;
  return {
    session_id: sessionId,
    position,
    name,
    status,
    reason,
    camera: { protocol, codec, width, height, fps },
    recording_status: angle.recordingStatus,
    offset_seconds: angle.offsetSeconds,
  };
}
