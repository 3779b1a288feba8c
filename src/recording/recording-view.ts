import { ApiProperty } from '@nestjs/swagger';
import { GapReason } from '../media/access-unit';
import { RecordingFacts } from '../runtime/court-runtime';
import { Recording, RecordingGap } from './entities/recording.entity';
import { isActive, RecordingStatus, STOP_REASONS, StopReason } from './recording-state';

const GAP_REASONS: readonly GapReason[] = [
  'camera_lost',
  'camera_stalled',
  'packets_lost',
  'encoder_restarted',
  'service_restarted',
  'queue_overflow',
];
export const RECORDING_STATUSES: readonly RecordingStatus[] = [
  'starting',
  'recording',
  'reconnecting',
  'stopping',
  'finalizing',
  'ready',
  'failed',
];

/** A stretch without pictures, in seconds of the file. */
export class GapView {
  @ApiProperty({ example: 734.2 })
  start_seconds: number;

  @ApiProperty({ example: 738.3 })
  end_seconds: number;

  @ApiProperty({ enum: GAP_REASONS })
  reason: GapReason;
}

/** The wire's `recording`. */
export class RecordingView {
  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty({ enum: RECORDING_STATUSES })
  status: RecordingStatus;

  @ApiProperty({ description: 'Frames are still being written, or wanted while the camera is away.' })
  active: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: "Wall time of the file's first frame.",
  })
  started_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  stopped_at: string | null;

  @ApiProperty({ format: 'date-time' })
  planned_end_at: string;

  @ApiProperty({ example: 5400.04 })
  duration_seconds: number;

  @ApiProperty({ example: 2_701_234_567 })
  bytes_written: number;

  @ApiProperty({ type: [GapView] })
  gaps: GapView[];

  @ApiProperty({ description: 'Times the encoder was restarted.' })
  restarts: number;

  @ApiProperty({ type: String, nullable: true, example: '1/5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55.mp4' })
  video_path: string | null;

  @ApiProperty({ type: String, nullable: true })
  error: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Nobody plays: it stops by itself then, unless somebody wants it to go on.',
  })
  auto_stop_at: string | null;

  @ApiProperty({
    type: String,
    enum: STOP_REASONS,
    nullable: true,
    example: null,
    description: 'Why it stopped by itself before its planned end.',
  })
  stop_reason: StopReason | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description: 'With `no_play`: seconds without play at its end; they are in the file.',
  })
  idle_tail_seconds: number | null;
}

/** What only the row knows. */
type OwnStop = Pick<Recording, 'autoStopAt' | 'stopReason' | 'idleTailSeconds'>;

/** From the database alone: recordings of the past, and of runtimes elsewhere. */
export function viewOfRow(row: Recording, gaps: readonly RecordingGap[]): RecordingView {
  return {
    session_id: row.sessionId,
    status: row.status,
    active: isActive(row.status),
    started_at: row.startedAt?.toISOString() ?? null,
    stopped_at: row.stoppedAt?.toISOString() ?? null,
    planned_end_at: row.plannedEndAt.toISOString(),
    duration_seconds: seconds(row.durationSeconds),
    bytes_written: Number(row.bytesWritten),
    gaps: gaps.map((gap) => gapView(gap)),
    restarts: row.restarts,
    video_path: row.videoPath,
    error: row.error,
    ...stopView(row.status, row),
  };
}

/** From the runtime's memory: recordings under way. @param row without one, it has just begun */
export function viewOfFacts(sessionId: string, facts: RecordingFacts, row?: OwnStop): RecordingView {
  return {
    session_id: sessionId,
    status: facts.phase,
    active: isActive(facts.phase),
    started_at: iso(facts.startedAt),
    stopped_at: iso(facts.stoppedAt),
    planned_end_at: new Date(facts.plannedEndAt).toISOString(),
    duration_seconds: seconds(facts.durationSeconds),
    bytes_written: facts.bytesWritten,
    gaps: facts.gaps.map((gap) => gapView(gap)),
    restarts: facts.restarts,
    video_path: facts.video?.videoPath ?? null,
    error: facts.error,
    ...stopView(facts.phase, row),
  };
}

function stopView(
  status: RecordingStatus,
  row?: OwnStop,
): Pick<RecordingView, 'auto_stop_at' | 'stop_reason' | 'idle_tail_seconds'> {
  return {
    auto_stop_at: (isActive(status) && row?.autoStopAt?.toISOString()) || null,
    stop_reason: row?.stopReason ?? null,
    idle_tail_seconds: row?.idleTailSeconds ?? null,
  };
}

function gapView(gap: { startSeconds: number; endSeconds: number; reason: GapReason }): GapView {
  return { start_seconds: seconds(gap.startSeconds), end_seconds: seconds(gap.endSeconds), reason: gap.reason };
}

function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

/** Milliseconds are all that is meant. */
function seconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
