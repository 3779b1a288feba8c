import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DiskView, TaskView } from '../../maintenance/dto/health-details.dto';

/** What keeps the service from changing or deleting lines of the audit trail. */
export class AuditTrailView {
  @ApiProperty({ description: 'Its connections have no right to; `false`: see docs/security.md.' })
  grant: boolean;

  @ApiProperty({ description: 'The table refuses it to everybody.' })
  trigger: boolean;
}

/** How far the rotation of `SECRETS_KEY` has come. */
export class CameraKeysView {
  @ApiProperty({
    example: 0,
    description: 'Sealed addresses or secrets (cameras, webhooks, calendars) that do not have the newest key yet.',
  })
  waiting: number;

  @ApiProperty({ example: 0, description: 'Of these, sealed with a key that is not there: put it back.' })
  unreadable: number;
}

/** Background work of the whole installation. */
export class JobFiguresView {
  @ApiProperty({ example: 0 })
  waiting: number;

  @ApiProperty({ example: 1 })
  active: number;

  @ApiProperty({ example: 0, description: 'For good, within the last day.' })
  failed_last_day: number;
}

/** For admins only. */
export class HealthDetailsView {
  @ApiProperty()
  uptime_seconds: number;

  @ApiProperty({ example: 'v20.20.2' })
  node: string;

  @ApiProperty()
  rss_bytes: number;

  @ApiProperty()
  heap_used_bytes: number;

  @ApiProperty({ description: 'Recordings whose newest state is not in the database yet.' })
  unwritten_recordings: number;

  @ApiProperty()
  reconnecting_sessions: number;

  @ApiProperty()
  viewers: number;

  @ApiProperty({ description: 'Viewers whose connection takes no more just now.' })
  slow_viewers: number;

  @ApiProperty({ type: [TaskView], description: 'What is done by the clock, and how it went last.' })
  tasks: TaskView[];

  @ApiProperty({ type: AuditTrailView, nullable: true, description: '`null` where the database does not answer.' })
  audit_trail: AuditTrailView | null;

  @ApiProperty({ type: CameraKeysView, nullable: true, description: '`null` where the database does not answer.' })
  camera_keys: CameraKeysView | null;

  @ApiProperty({ type: JobFiguresView, nullable: true, description: '`null` where the database does not answer.' })
  jobs: JobFiguresView | null;

  @ApiProperty({ type: DiskView, nullable: true, description: '`null` where the disk does not answer.' })
  disk: DiskView | null;
}

/** Whether the service can record. */
export class HealthView {
  @ApiProperty({ enum: ['ok', 'degraded', 'unavailable'] })
  status: string;

  @ApiProperty({ example: true })
  ffmpeg_available: boolean;

  @ApiProperty({ enum: ['ok', 'unavailable'] })
  database: string;

  @ApiProperty({ example: 3 })
  active_sessions: number;

  @ApiProperty({ example: 2 })
  active_recordings: number;

  @ApiProperty({ example: 10 })
  max_concurrent: number;

  @ApiPropertyOptional({ type: HealthDetailsView })
  details?: HealthDetailsView;
}
