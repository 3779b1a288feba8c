import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { CameraState } from '../../clubs/watch/camera-state';
import { ToInteger } from '../../common/ids';
import { IfPresent } from '../../common/if-present.decorator';
import { RecordingStatus } from '../../recording/recording-state';
import { BoardCourt } from '../court-board.service';
import { cameraNow, COURT_STATES, courtState, CourtStateName } from '../court-now';

/** Outages are kept for so long. */
export const MOST_DAYS = 90;
export const DEFAULT_DAYS = 30;

const RECORDING_STATUSES: readonly RecordingStatus[] = [
  'starting',
  'recording',
  'reconnecting',
  'stopping',
  'finalizing',
  'ready',
  'failed',
];

/** Whether a court's camera is there. */
export class CameraNowView {
  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: true,
    description: 'false: two looks in a row failed, or a session has had no picture for 30 s. `null`: not known yet.',
  })
  online: boolean | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Since when it is so.' })
  since: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_seen_at: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Why the newest look failed, or the session has no pictures: a code as errors have it.',
  })
  code: string | null;
}

export class CourtRecordingView {
  @ApiProperty({ enum: RECORDING_STATUSES, example: 'recording' })
  status: RecordingStatus;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  started_at: string | null;

  @ApiProperty({ format: 'date-time' })
  planned_end_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Nobody plays: it stops by itself then.',
  })
  auto_stop_at: string | null;
}

export class CourtOwnerView {
  @ApiProperty({ example: 12 })
  id: number;

  @ApiProperty({ example: 'Camille' })
  name: string;
}

/** How a court stands. */
export class CourtStatusView {
  @ApiProperty({ example: 3 })
  terrain_id: number;

  @ApiProperty({ example: 'Court 1' })
  name: string;

  @ApiProperty({
    enum: COURT_STATES,
    example: 'live',
    description: '`connecting`, `live`, `reconnecting`: in session. Else `offline` where the camera is, and `free`.',
  })
  state: CourtStateName;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: '`null` without a session, and for players who do not take part.',
  })
  session_id: string | null;

  @ApiProperty({ format: 'date-time', description: 'Since when the state is so.' })
  since: string;

  @ApiProperty({ type: CourtRecordingView, nullable: true, description: 'Of the open session; for everybody.' })
  recording: CourtRecordingView | null;

  @ApiProperty({ type: CourtOwnerView, nullable: true, description: 'As `session_id`.' })
  owner: CourtOwnerView | null;

  @ApiProperty({ type: CameraNowView })
  camera: CameraNowView;
}

export class CourtStatusAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [CourtStatusView] })
  terrains: CourtStatusView[];

  @ApiProperty({ example: 1 })
  count: number;
}

export class OutagesQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_DAYS,
    default: DEFAULT_DAYS,
    description: 'How far to look back.',
  })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MOST_DAYS)
  days?: number;
}

export class OutageView {
  @ApiProperty({ format: 'date-time' })
  began_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: '`null`: it goes on.' })
  ended_at: string | null;

  @ApiProperty({ example: 'camera_timeout', description: 'Why, as far as that was known when it began.' })
  code: string;
}

/** When a court's camera was away. */
export class CourtOutagesView {
  @ApiProperty({ example: 3 })
  terrain_id: number;

  @ApiProperty({ example: 'Court 1' })
  name: string;

  @ApiProperty({ type: CameraNowView })
  camera: CameraNowView;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 32,
    description: 'Of the open session; `null` without one, or where another process has it.',
  })
  last_frame_age_ms: number | null;

  @ApiProperty({ type: [OutageView], description: 'Newest first; of all courts together at most 1,000.' })
  outages: OutageView[];

  @ApiProperty({ example: 340, description: 'All outages together, as far as they lie within these days.' })
  offline_seconds: number;
}

export class CourtOutagesAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ example: DEFAULT_DAYS })
  days: number;

  @ApiProperty({ type: [CourtOutagesView] })
  terrains: CourtOutagesView[];

  @ApiProperty({ example: 1 })
  count: number;
}

/** @param visible whether who asks may see the session */
export function viewOfStatus(court: BoardCourt, visible: boolean, now: number): CourtStatusView {
  const { id, name, play } = court;
  const { state, since } = courtState(court);
  const recording = play?.recording ?? null;
  return {
    terrain_id: id,
    name,
    state,
    session_id: visible && play ? play.sessionId : null,
    since: iso(since) as string,
    recording: recording && {
      status: recording.status,
      started_at: iso(recording.startedAt),
      planned_end_at: iso(recording.plannedEndAt) as string,
      auto_stop_at: iso(recording.autoStopAt),
    },
    owner: visible && play ? play.owner : null,
    camera: viewOfCamera(cameraNow(court, now)),
  };
}

export function viewOfCamera(camera: CameraState | null): CameraNowView {
  return {
    online: camera?.online ?? null,
    since: iso(camera?.since ?? null),
    last_seen_at: iso(camera?.lastSeenAt ?? null),
    code: camera?.code ?? null,
  };
}

function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
