import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Camera, CameraScheme } from '../entities/camera.entity';
import { Court } from '../entities/court.entity';
import { IsName, MayBeLeftOut, MayBeNull } from './fields';

export const CAMERA_URL = {
  writeOnly: true,
  maxLength: 2048,
  example: 'rtsp://viewer:secret@192.168.1.20:554/stream1',
  description: 'rtsp(s) or http(s), user and password as they are. Write-only: no answer ever holds it.',
};

/** Less is the pause between two sets, more is a match. */
const LEAST_QUIET = 2;
const MOST_QUIET = 60;

const AUTO_STOP = {
  type: 'integer',
  nullable: true,
  minimum: LEAST_QUIET,
  maximum: MOST_QUIET,
  example: 10,
  description:
    'A recording stops by itself after so many minutes without play, a minute after everybody who watches was told; `null`: it does not.',
} as const;

const RECORD_SOUND = {
  example: false,
  default: false,
  description:
    "Its recordings have the camera's sound, too, from the next session on. Whoever is on the court must be told of it. A camera " +
    'that sends none is recorded without.',
};

export class CreateCourtDto {
  @ApiProperty({ example: 'Court 1', maxLength: 120 })
  @IsName()
  name: string;

  @ApiProperty(CAMERA_URL)
  @IsString()
  @MaxLength(2048)
  camera_url: string;

  @ApiPropertyOptional(AUTO_STOP)
  @MayBeNull()
  @IsInt()
  @Min(LEAST_QUIET)
  @Max(MOST_QUIET)
  auto_stop_minutes?: number | null;

  @ApiPropertyOptional(RECORD_SOUND)
  @MayBeLeftOut()
  @IsBoolean()
  record_sound?: boolean;
}

export class UpdateCourtDto {
  @ApiPropertyOptional({ example: 'Court 1', maxLength: 120 })
  @MayBeLeftOut()
  @IsName()
  name?: string;

  @ApiPropertyOptional(CAMERA_URL)
  @MayBeLeftOut()
  @IsString()
  @MaxLength(2048)
  camera_url?: string;

  @ApiPropertyOptional(AUTO_STOP)
  @MayBeNull()
  @IsInt()
  @Min(LEAST_QUIET)
  @Max(MOST_QUIET)
  auto_stop_minutes?: number | null;

  @ApiPropertyOptional(RECORD_SOUND)
  @MayBeLeftOut()
  @IsBoolean()
  record_sound?: boolean;
}

export class CameraView {
  @ApiProperty({ enum: ['rtsp', 'rtsps', 'http', 'https'] })
  protocol: CameraScheme;

  @ApiProperty({ example: '192.168.1.20' })
  host: string;

  @ApiProperty({ example: true })
  has_credentials: boolean;
}

/** One of a court's cameras. */
export class CourtCameraView extends CameraView {
  @ApiProperty({ example: 1, minimum: 0, maximum: 3, description: '0: the main camera, the one of `camera`.' })
  position: number;

  @ApiProperty({ type: String, nullable: true, example: 'Back wall', description: 'As people call it.' })
  name: string | null;
}

/** The wire's `terrain`. */
export class CourtView {
  @ApiProperty({ example: 3 })
  id: number;

  @ApiProperty({ example: 1 })
  club_id: number;

  @ApiProperty({ example: 'Court 1' })
  name: string;

  @ApiProperty({ type: CameraView })
  camera: CameraView;

  @ApiProperty({ type: [CourtCameraView], description: 'All of them, the main one first.' })
  cameras: CourtCameraView[];

  @ApiProperty({ ...AUTO_STOP, type: Number })
  auto_stop_minutes: number | null;

  @ApiProperty({ example: false, description: "Its recordings have the camera's sound, too." })
  record_sound: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class CourtListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [CourtView] })
  terrains: CourtView[];

  @ApiProperty({ example: 1, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'Absent on the last page.' })
  next_cursor?: string;
}

/** What a camera turned out to be. */
export class CameraTestAnswer {
  @ApiProperty({ example: true })
  reachable: true;

  @ApiProperty({ enum: ['rtsp', 'rtsps', 'mjpeg', 'http'] })
  protocol: string;

  @ApiProperty({ enum: ['h264', 'h265', 'mjpeg'] })
  codec: string;

  @ApiProperty({ example: 1920 })
  width: number;

  @ApiProperty({ example: 1080 })
  height: number;

  @ApiProperty({ type: Number, nullable: true, example: 25, description: 'Measured.' })
  fps: number | null;

  @ApiProperty({ example: 320, description: 'From dialling to the first whole frame.' })
  latency_ms: number;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '/api/terrains/3/camera/snapshot/mE3wq0w2Yw5m0R0Yv5J3vQ',
    description: 'A JPEG, for five minutes; `null` where none could be made.',
  })
  snapshot_url: string | null;
}

/** A court with its cameras, the main one first, without anything of their addresses but where they stand. */
export type CourtWithCameras = Court & { cameras: [Camera, ...Camera[]] };

export function viewOfCourt(court: CourtWithCameras): CourtView {
  const { protocol, host, hasCredentials } = court.cameras[0];
  return {
    id: court.id,
    club_id: court.clubId,
    name: court.name,
    camera: { protocol, host, has_credentials: hasCredentials },
    cameras: court.cameras.map(viewOfCourtCamera),
    auto_stop_minutes: court.autoStopMinutes,
    record_sound: court.recordSound,
    created_at: court.createdAt.toISOString(),
  };
}

export function viewOfCourtCamera({ position, name, protocol, host, hasCredentials }: Camera): CourtCameraView {
  return { position, name, protocol, host, has_credentials: hasCredentials };
}
