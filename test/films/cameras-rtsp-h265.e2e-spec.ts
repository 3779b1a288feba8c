import { H265Clip, h265Clip, RtspCamera, RtspCameraOptions } from '../cameras';
import { missing, pictures } from '../faults/film';
import { describeFilms, FilmRow, row } from '../faults/film-table';

const SMALL = { width: 320, height: 180, fps: 25, seconds: 8, gopSeconds: 1, bitrate: 500_000 };
const clip = (changes: Partial<typeof SMALL & { bframes: number; openGop: boolean }> = {}): Promise<H265Clip> =>
  h265Clip({ ...SMALL, ...changes });

type Changes = Omit<RtspCameraOptions, 'clip'>;
const camera = async (changes: Changes = {}, pictureClip = clip()): Promise<RtspCamera> =>
  new RtspCamera({ clip: await pictureClip, ...changes });

/** A row whose camera is odd, but sound: nothing may be missing, and the file holds what the camera sent. */
function sound(name: string, changes: Changes, pictureClip: () => Promise<H265Clip> = clip): FilmRow {
  return row<RtspCamera>({
    name,
    make: () => camera(changes, pictureClip()),
    rules: { codec: 'hevc' },
    check: (film, played) => {
      expect(film.court.opened.facts).toMatchObject({ protocol: 'rtsp', codec: 'h265', width: 320, height: 180 });
      expect(film.recording.gaps).toEqual([]);
      expect(missing(film)).toEqual([]);
      expect(film.recording.video).toMatchObject({ codec: 'hevc', making: { way: 'in_place' } });
      expect(played.totalConnections).toBe(1);
    },
  });
}

describeFilms('H.265 over RTSP, odd, but sound', [
  sound('plain', {}),
  sound('B-frames', {}, () => clip({ bframes: 2 })),
  sound('open groups of pictures', {}, () => clip({ bframes: 4, openGop: true })),
  sound('a burst of the last GOP at PLAY', { start: 'gop' }),
  sound('pictures from the middle of a GOP at PLAY', { start: 'now' }),
  sound('parameter sets in the SDP only', { parameterSets: 'sdp' }),
  sound('parameter sets in band only', { parameterSets: 'band' }),
  sound('no aggregation packets', { stapA: false }),
  sound('tiny packets', { maxPayload: 100 }),
  sound('numbers and time stamps that wrap', { sequenceStart: 65_500, timestampStart: 2 ** 32 - 90_000 }),
]);

describeFilms('H.265 over RTSP that fails in mid-match', [
  row<RtspCamera>({
    name: 'loses packets',
    make: () => camera({ maxPayload: 300 }, clip({ bframes: 4, openGop: true })),
    script: async (played) => {
      await pictures(played, 35);
      played.losePackets(2);
      await pictures(played, 60);
    },
    rules: { codec: 'hevc' },
    check: (film, played) => {
      expect(film.recording.gaps.every(({ reason }) => reason === 'packets_lost')).toBe(true);
      expect(missing(film).length).toBeGreaterThan(0);
      expect(missing(film).length).toBeLessThan(35);
      expect(played.totalConnections).toBe(1);
    },
  }),
  row<RtspCamera>({
    name: 'cut for 2 s',
    make: () => camera({ onlyOneConnection: 'busy' }),
    script: async (played, court) => {
      await pictures(played, 30);
      const back = court.becomes('live');
      void played.cut({ refuseMs: 2_000 });
      await back;
      await pictures(played, 25);
    },
    rules: { codec: 'hevc' },
    check: (film, played) => {
      expect(film.recording.gaps.map(({ reason }) => reason)).toEqual(['camera_lost']);
      expect(film.recording.video).toMatchObject({ making: { way: 'in_place' } });
      expect(played.peakConnections).toBe(1);
    },
  }),
  row<RtspCamera>({
    name: 'another resolution in mid-match, and back: the file becomes H.264',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 50);
      played.switchClip(await clip({ width: 480, height: 270 }));
      await pictures(played, 50);
      played.switchClip(await clip());
      await pictures(played, 50);
    },
    rules: { deviation: 0.4 },
    check: (film, played) => {
      expect(film.file).toMatchObject({ width: 320, height: 180 });
      expect(film.recording.gaps).toEqual([]);
      expect(film.recording.video).toMatchObject({ codec: 'h264', making: { way: 'remuxed' } });
      expect(played.totalConnections).toBe(1);
    },
  }),
]);
