import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiProperty } from '@nestjs/swagger';
import { CourtStatus } from '../runtime/court-runtime';
import { NO_VIEWERS, ViewerFigures, ViewerSource } from './viewer-figures';

/** Who watches, by the way they do. */
export class ViewersView {
  @ApiProperty({ description: 'MJPEG streams open now.' })
  mjpeg: number;

  @ApiProperty({ description: 'Streams over WebSockets now: video, pictures and tiles.' })
  live: number;
}

/** How live viewers keep up. */
export class DeliveryView {
  @ApiProperty({ description: 'Viewers whose connection takes no more just now.' })
  slow: number;

  @ApiProperty({ description: 'The most that waits for one of them, in bytes.' })
  queued_bytes: number;

  @ApiProperty({ description: 'Pictures that those who watch now were too slow for.' })
  skipped_frames: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The slowest answer of one of them to a ping, in milliseconds; `null` before the first.',
  })
  round_trip_ms: number | null;
}

/** How an open session's camera and viewers do. */
export class SessionHealthView {
  @ApiProperty({ enum: ['live', 'reconnecting'], description: "The camera's connection." })
  proxy: string;

  @ApiProperty({ description: 'Milliseconds since the newest picture.' })
  last_frame_age_ms: number;

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

  @ApiProperty({ type: ViewersView })
  viewers: ViewersView;

  @ApiProperty({ type: DeliveryView })
  delivery: DeliveryView;

  @ApiProperty({ description: 'A decoder makes JPEGs of this H.264 court; only while somebody watches them.' })
  decoding: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'While the camera is away, why.', example: null })
  error: string | null;
}

/** Puts together what the runtime knows of a session and what those who serve its viewers do. */
@Injectable()
export class SessionHealth {
  constructor(private readonly modules: ModuleRef) {}

  of(sessionId: string, status: CourtStatus): SessionHealthView {
    const { mjpeg, live, slow, queuedBytes, skippedFrames, roundTripMs } = this.viewers(sessionId);
    return {
      proxy: status.state,
      last_frame_age_ms: Math.round(status.lastFrameAgeMs),
      first_frame_ms: status.latencyMs,
      bitrate: status.bitrate,
      frames: status.frames,
      losses: status.losses,
      reconnects: status.reconnects,
      watching: mjpeg + live,
      viewers: { mjpeg, live },
      delivery: {
        slow,
        queued_bytes: queuedBytes,
        skipped_frames: skippedFrames,
        round_trip_ms: roundTripMs,
      },
      decoding: status.decoding,
      error: status.error?.code ?? null,
    };
  }

  viewers(sessionId: string): ViewerFigures {
    return this.source()?.figures(sessionId) ?? NO_VIEWERS;
  }

  private source(): ViewerSource | null {
    try {
      return this.modules.get(ViewerSource, { strict: false });
    } catch {
      return null;
    }
  }
}
