import { join } from 'node:path';
import { DecodedFrames } from '../../media/decode-check';
import { DiskFile } from '../../storage/disk';
import { RebuiltPart } from './rebuild-index';
import { SampleIndex } from './sample-index';

/** A part to finish: from the journal that wrote it, or from its database row. */
export interface PartSource {
  readonly path: string;
  /** Session time of its first frame in ticks. */
  readonly startTicks: number;
  /** As the journal left it; without one it is rebuilt from the file. */
  readonly index?: SampleIndex;
  /** Its first group of pictures, where that was decoded while it was recorded. */
  readonly start?: DecodedFrames | null;
}

/** A part that has frames, open for reading and writing. */
export interface OpenedPart {
  readonly source: PartSource;
  readonly file: DiskFile;
  readonly rebuilt: RebuiltPart;
  /** Length on the timeline: up to the next part, or to the end. */
  readonly durationTicks: number;
  /** Its sound is left out. */
  readonly silent?: boolean;
}

/** Path of a temporary file of a recording, on the same file system as the video. */
export function temporaryPath(folder: string, name: string): string {
  return join(folder, `${name}.tmp.mp4`);
}
