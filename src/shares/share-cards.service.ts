import { Injectable, Logger, OnModuleDestroy } from '@nestjs/common';
import { ClubLogos } from '../clubs/club-logos.service';
import { ProblemException } from '../common/problem';
import { Turns } from '../common/turns';
import { makeCard, PictureError } from '../media/picture';
import { Toolchain } from '../media/toolchain';
import { OpenShare } from './open-shares.service';
import { SharedMedia } from './shared-media';

/** Cards that are kept in memory; each is some 100 kB, and made anew in a fifth of a second. */
const MOST_KEPT = 50;
const MOST_WAITING = 32;
/** The picture of a moment is the keyframe before it; pictures are shown a little after they are decoded. */
const LATER_SECONDS = 0.05;

/** What others show for a link: the picture of the match, 1200 by 630, with the club's logo laid over. */
@Injectable()
export class ShareCards implements OnModuleDestroy {
  private readonly logger = new Logger(ShareCards.name);
  private readonly turns = new Turns(1);
  private readonly kept = new Map<string, Buffer>();
  private readonly making = new Map<string, Promise<Buffer>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly media: SharedMedia,
    private readonly logos: ClubLogos,
    private readonly toolchain: Toolchain,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    await this.turns.idle();
  }

  /** @throws ProblemException `not_found`, `thumbnail_unavailable`, `overloaded` */
  async of(share: OpenShare): Promise<Buffer> {
    const key = `${share.highlightId ?? share.sessionId} ${share.logoAt?.getTime() ?? ''}`;
    const kept = this.kept.get(key);
    if (kept) return kept;
    let making = this.making.get(key);
    if (!making) {
      if (this.making.size >= MOST_WAITING) throw overloaded();
      making = this.turns.take(() => this.make(key, share)).finally(() => this.making.delete(key));
      this.making.set(key, making);
    }
    return making;
  }

  private async make(key: string, share: OpenShare): Promise<Buffer> {
    const { path } = await this.media.file(share);
    // FFmpeg reads files; of one that lies elsewhere there is the picture for lists, smaller and just as good a likeness.
    if (path === null) return this.media.picture(share);
    const seconds = (await this.media.moment(share)) + LATER_SECONDS;
    const logo = share.logoAt === null ? null : await this.logos.of(share.clubId);
    try {
      const options = { path, seconds, session: share.sessionId };
      const card = await makeCard(this.toolchain, options, logo, this.ending.signal);
      this.kept.set(key, card);
      for (const [oldest] of this.kept) {
        if (this.kept.size <= MOST_KEPT) break;
        this.kept.delete(oldest);
      }
      return card;
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      this.logger.warn({ err: error, sessionId: share.sessionId }, 'No card could be made of a shared match.');
      if (error.undecodable) throw new ProblemException('thumbnail_unavailable', undefined, {}, { cause: error });
      throw overloaded();
    }
  }
}

function overloaded(): ProblemException {
  return new ProblemException('overloaded', 'The picture could not be made now.', { retryAfterSeconds: 5 });
}
