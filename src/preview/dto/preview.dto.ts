import { ApiProperty } from '@nestjs/swagger';
import { SessionHealthView } from '../../sessions/session-health';

/** Where the pictures are; relative, for whoever came here knows the host. */
export class PreviewUrls {
  @ApiProperty({ example: '/api/preview/5f0c…/stream.mjpeg' })
  mjpeg: string;

  @ApiProperty({ example: '/api/preview/5f0c…/snapshot.jpg' })
  snapshot: string;

  @ApiProperty({ example: '/api/preview/live', description: 'A WebSocket: docs/live-protocol.md.' })
  live: string;

  @ApiProperty({ example: '/api/preview/5f0c…/review.m3u8', description: 'Once something was recorded.' })
  review: string;
}

/** The wire's answer of `info`. */
export class PreviewInfo {
  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty({ enum: ['connecting', 'live', 'reconnecting', 'closed', 'failed'] })
  status: string;

  @ApiProperty({ description: 'Pictures are coming now.' })
  live: boolean;

  @ApiProperty({ type: String, enum: ['h264', 'h265', 'mjpeg'], nullable: true })
  codec: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1920, description: "The camera's, in pixels." })
  width: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1080 })
  height: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 25, description: "The camera's, measured." })
  fps: number | null;

  @ApiProperty({ description: 'MJPEG streams open now.' })
  viewers: number;

  @ApiProperty({ description: 'MJPEG streams allowed at a time.', example: 5 })
  max_viewers: number;

  @ApiProperty({ description: 'WebSocket streams open now: video, pictures and tiles.' })
  live_viewers: number;

  @ApiProperty({ description: 'WebSocket streams allowed at a time.', example: 200 })
  max_live_viewers: number;

  @ApiProperty({ type: Number, nullable: true, description: '`null` where the session is not open.' })
  last_frame_age_ms: number | null;

  @ApiProperty({ type: PreviewUrls })
  urls: PreviewUrls;

  @ApiProperty({ type: SessionHealthView, nullable: true, description: '`null` where the session is not open.' })
  health: SessionHealthView | null;
}
