import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { SendableFile } from '../files/send-file';
import { BrandedFilms } from './branded-films.service';
import { OpenShare } from './open-shares.service';
import { SharedMedia } from './shared-media';

/** Which file a share shows: the recording, or the film with the logo that was made for it. */
@Injectable()
export class ShareFilms {
  constructor(
    private readonly media: SharedMedia,
    private readonly branded: BrandedFilms,
  ) {}

  /** @throws ProblemException `not_found`: it is not there; `share_preparing`: not yet */
  async file(share: OpenShare): Promise<Pick<SendableFile, 'path' | 'bytes' | 'etag'>> {
    const { branding, clubId, id: shareId } = share;
    if (branding === null) return this.media.file(share);
    // Never the film without the logo in the place of the one with it.
    if (branding !== 'ready') throw new ProblemException('share_preparing');
    return this.branded.file({ clubId, shareId });
  }
}
