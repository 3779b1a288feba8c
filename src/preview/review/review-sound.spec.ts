import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../common/clock';
import { drawClip } from '../../media/fmp4/clip.fixture';
import { soundOfInit, withoutSound } from '../../media/fmp4/sound-track';
import { aacConfig, silentFrame } from '../../media/sound/sound-format';
import { codecOfInit } from '../../media/fmp4/codec-of-init';
import { Journal } from '../../recording/engine/journal';
import { listFragments } from '../../recording/engine/journal-fragments';
import { NodeDisk } from '../../storage/disk';
import { readMedia } from './review-media';
import { ReviewPart, ReviewRecording } from './review-recording';

const SOUND = aacConfig(16_000, 1);
const SECOND = 90_000;

describe('the review of a recording with sound', () => {
  it('is its pictures: the sound between them is free space, the same in every range', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'padelvar-review-'));
    const disk = new NodeDisk();
    try {
      const clip = drawClip({ seconds: 4, gop: 50, size: '160x90' });
      const journal = Journal.start({
        disk,
        clock: new SystemClock(),
        folder,
        plannedSeconds: 5,
        fps: 25,
        sound: SOUND,
      });
      let told = 0;
      for (const frame of clip.frames) {
        journal.append(frame);
        for (; told < frame.dts; told += 5_760) journal.appendSound({ data: silentFrame(SOUND), ticks: told }, SOUND);
      }
      const { parts } = await journal.close(4 * SECOND);
      const { info, index } = parts[0]!;
      expect(index.sound.chunkCount).toBeGreaterThan(2);
      const review = new ReviewRecording(0);
      const { init, reserveBytes, startTicks } = info;
      const part = { part: 1, init, codec: codecOfInit(init), startTicks, reserveBytes, first: 0 };
      review.grow([{ ...part, fragments: listFragments(index) }]);
      review.finish();
      const shown = review.parts.get(1) as ReviewPart;
      const file = await disk.open(info.path, 'read');
      const read = async (from: number, to: number): Promise<Buffer> => {
        const pieces: Buffer[] = [];
        for await (const piece of readMedia(file, shown, { from, to })) pieces.push(Buffer.from(piece));
        return Buffer.concat(pieces);
      };
      const whole = await read(0, shown.end);
      // Ranges that begin and end within the four bytes of a type.
      for (const place of shown.silenced) {
        expect(whole.toString('latin1', place, place + 4)).toBe('free');
        expect((await read(place + 1, place + 3)).toString('latin1')).toBe('re');
      }
      await file.close();
      expect([soundOfInit(init)?.rate, soundOfInit(withoutSound(init)), withoutSound(init).length]).toEqual([
        16_000,
        null,
        init.length,
      ]);
      const path = join(folder, 'review.mp4');
      writeFileSync(path, whole);
      const args = [
        '-v',
        'warning',
        '-count_frames',
        '-show_entries',
        'stream=codec_type,nb_read_frames',
        '-of',
        'csv=p=0',
      ];
      expect(
        execFileSync('ffprobe', [...args, path])
          .toString()
          .trim(),
      ).toBe('video,100');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
