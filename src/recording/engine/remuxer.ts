import { MediaTools } from '../../media/ffprobe';
import { Disk } from '../../storage/disk';
import { Expected } from './gate';
import { OpenedPart } from './finaliser';

export class Remuxer {
  constructor(
    private readonly disk: Disk,
    private readonly tools: MediaTools,
  ) {}

  async removeLeftovers(_folder: string): Promise<void> {}

  remux(_folder: string, _parts: readonly OpenedPart[]): Promise<{ path: string; expected: Expected }> {
    return Promise.reject(new Error('not yet'));
  }
}
