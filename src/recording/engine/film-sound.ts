import { TICKS_PER_SECOND } from '../../media/access-unit';
import { SoundRun } from '../../media/fmp4/sound-fragment';
import { soundOfInit } from '../../media/fmp4/sound-track';
import { AAC_FRAME_SAMPLES, AacConfig, SoundUnit, sameAac } from '../../media/sound/sound-format';
import { DiskFile, readFully } from '../../storage/disk';
import { OpenedPart } from './opened-part';
import { SoundIndex } from './sound-index';
import { SoundLane } from './sound-lane';

/**
 * The sound of a film made of a recording's parts; `null` where it has none.
 * @param shownFrom when the first picture is shown, on the film's timeline: FFmpeg begins a film with what comes first, and that
 *   must not be the sound
 * @param endTicks of the film
 */
export function filmSound(parts: readonly OpenedPart[], shownFrom: number, endTicks: number): FilmSound | null {
  const [first] = parts;
  const config = first ? soundOfInit(first.rebuilt.init) : null;
  const heard = parts.filter(({ rebuilt, silent }) => {
    const own = soundOfInit(rebuilt.init);
    return !silent && rebuilt.index.sound.frameCount > 0 && own && config && sameAac(own, config);
  });
  return first && config && heard.length > 0
    ? new FilmSound(config, heard, first.source.startTicks, shownFrom, endTicks)
    : null;
}

/** Reads the sound of parts in a row, and puts it on the film's timeline: silence where there is none. */
export class FilmSound {
  private readonly lane: SoundLane;
  private readonly source: AsyncGenerator<SoundUnit>;
  private ahead: SoundUnit | null = null;
  private over = false;
  /** So far. */
  frames = 0;

  constructor(
    readonly config: AacConfig,
    parts: readonly OpenedPart[],
    zeroTicks: number,
    private readonly shownFrom: number,
    private readonly endTicks: number,
  ) {
    this.lane = new SoundLane(config, shownFrom, null);
    this.source = soundOf(parts, zeroTicks, config);
  }

  /** What comes before a time that was not given yet; times of the runs are the film's. */
  async until(ticks: number): Promise<SoundRun[]> {
    while (!this.over) {
      const unit = this.ahead ?? (await this.next());
      if (!unit) break;
      this.ahead = unit;
      if (unit.ticks >= ticks) break;
      this.lane.take(unit);
      this.ahead = null;
    }
    const shift = Math.round((this.shownFrom * this.config.rate) / TICKS_PER_SECOND);
    return this.lane.drain(this.endTicks).map(({ position, frames }) => {
      this.frames += frames.length;
      return { position: position + shift, frames };
    });
  }

  private async next(): Promise<SoundUnit | null> {
    const { done, value } = await this.source.next();
    this.over = done === true;
    return done ? null : value;
  }
}

async function* soundOf(
  parts: readonly OpenedPart[],
  zeroTicks: number,
  { rate }: AacConfig,
): AsyncGenerator<SoundUnit> {
  for (const { source, file, rebuilt } of parts) {
    const { sound } = rebuilt.index;
    const start = source.startTicks - zeroTicks;
    for (let c = 0; c < sound.chunkCount; c++) {
      let frame = sound.chunk(c).firstFrame;
      for (const data of await framesOf(file, sound, c)) {
        yield { data, ticks: start + ((sound.start + frame++ * AAC_FRAME_SAMPLES) * TICKS_PER_SECOND) / rate };
      }
    }
  }
}

async function framesOf(file: DiskFile, sound: SoundIndex, number: number): Promise<Buffer[]> {
  const { offset, firstFrame, endFrame } = sound.chunk(number);
  const sizes = Array.from({ length: endFrame - firstFrame }, (_, i) => sound.size(firstFrame + i));
  const bytes = await readFully(
    file,
    offset,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let at = 0;
  return sizes.map((size) => bytes.subarray(at, (at += size)));
}
