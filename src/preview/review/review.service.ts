import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Principal } from '../../auth/principal';
import { ProblemException } from '../../common/problem';
import { withoutSound } from '../../media/fmp4/sound-track';
import { SessionsService } from '../../sessions/sessions.service';
import { RecordingPlace } from './review-files';
import { ReviewPart, ReviewPlaylist, ReviewRecording } from './review-recording';
import { ReviewRecordings } from './review-recordings.service';
import { ReviewMedia } from './send-media';

/** Who may look back at which match, and what of it there is. Every right is asked for at every request. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly recordings: ReviewRecordings,
  ) {}

  /** @throws ProblemException `not_found`, `not_recording`, `review_file_only` */
  async playlist(principal: Principal, id: string): Promise<ReviewPlaylist> {
    const place = await this.see(principal, id);
    return (await this.recordings.of(place)).playlist();
  }

  /** @throws ProblemException as {@link playlist}; `not_found` for a part there is not */
  async init(principal: Principal, id: string, number: number): Promise<{ init: Buffer; etag: string }> {
    const part = partOf(await this.recordings.of(await this.see(principal, id)), number);
    const init = withoutSound(part.init);
    return { init, etag: `"${createHash('sha256').update(init).digest('base64url').slice(0, 22)}"` };
  }

  /**
   * The caller closes the file.
   * @throws ProblemException as {@link init}
   */
  async media(principal: Principal, id: string, number: number): Promise<ReviewMedia> {
    const place = await this.see(principal, id);
    const recording = await this.recordings.of(place);
    const part = partOf(recording, number);
    return { file: await this.recordings.open(place, part), part, etag: `"${id}-${number}"`, growing: !recording.over };
  }

  private async see(principal: Principal, id: string): Promise<RecordingPlace> {
    const { clubId } = await this.sessions.require(principal, id, 'see');
    return { sessionId: id, clubId };
  }
}

function partOf(recording: ReviewRecording, number: number): ReviewPart {
  const part = recording.parts.get(number);
  if (!part) throw new ProblemException('not_found');
  return part;
}
