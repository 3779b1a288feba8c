import { ApiProperty } from '@nestjs/swagger';

/** Where the pictures are; relative, for whoever came here knows the host. */
export class PreviewUrls {
  @ApiProperty({ example: '/api/preview/5f0c…/stream.mjpeg' })
  mjpeg: string;

  @ApiProperty({ example: '/api/preview/5f0c…/snapshot.jpg' })
  snapshot: string;
}

/** How the camera's connection does. */
export class PreviewHealth {
  @ApiProperty({ description: 'Milliseconds from dialling the camera to its first frame.' })
  first_frame_ms: number;

  @ApiProperty({ description: 'What the camera sends, bits a second.' })
  bitrate: number;

  @ApiProperty({ description: 'Pictures taken from the camera since the session opened.' })
  frames: number;

  @ApiProperty({ description: 'Times that pictures were dropped because a part of one was missing.' })
  losses: number;

  @ApiProperty({ description: 'Times the camera had to be reached again.' })
  reconnects: number;

  @ApiProperty({ description: 'Everybody who watches, whatever the way.' })
  watching: number;

  @ApiProperty({ description: 'A decoder makes JPEGs of this H.264 court; only while somebody watches them.' })
  decoding: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'While the camera is away, why.', example: null })
  error: string | null;
}

/** The wire's answer of `info`. */
export class PreviewInfo {
  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty({ enum: ['connecting', 'live', 'reconnecting', 'closed', 'failed'] })
  status: string;

  @ApiProperty({ description: 'Pictures are coming now.' })
  live: boolean;

  @ApiProperty({ type: String, enum: ['h264', 'mjpeg'], nullable: true })
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

  @ApiProperty({ type: Number, nullable: true, description: '`null` where the session is not open.' })
  last_frame_age_ms: number | null;

  @ApiProperty({ type: PreviewUrls })
  urls: PreviewUrls;

  @ApiProperty({ type: PreviewHealth, nullable: true, description: '`null` where the session is not open.' })
  health: PreviewHealth | null;
}
