import { MjpegClip, mjpegClip, RtspCamera, RtspCameraOptions } from '../cameras';
import { missing, pictures } from '../faults/film';
import { describeFilms, FilmRow, row } from '../faults/film-table';

/** Whole blocks of 16 pixels: RTP knows no others. */
const SMALL = { width: 320, height: 176, fps: 10, seconds: 8 };

const clip = (rtp: 'plain' | 'restarts' = 'plain', size: Partial<typeof SMALL> = {}): Promise<MjpegClip> =>
  mjpegClip({ ...SMALL, ...size, rtp });

type Changes = Omit<RtspCameraOptions, 'clip'>;
const camera = async (changes: Changes = {}, pictureClip = clip()): Promise<RtspCamera> =>
  new RtspCamera({ clip: await pictureClip, ...changes });

/** A row whose camera is odd, but sound: nothing may be missing. */
function sound(name: string, changes: Changes, pictureClip: () => Promise<MjpegClip> = clip): FilmRow {
  return row<RtspCamera>({
    name,
    make: () => camera(changes, pictureClip()),
    script: (played) => pictures(played, 25),
    check: (film, played) => {
      expect(film.court.opened.facts).toMatchObject({ protocol: 'rtsp', codec: 'mjpeg' });
      expect(film.recording.gaps).toEqual([]);
      expect(missing(film)).toEqual([]);
      expect(played.totalConnections).toBe(1);
    },
  });
}

describeFilms('Motion JPEG over RTSP, odd, but sound', [
  sound('plain, 10 pictures a second', {}),
  sound('restart markers', {}, () => clip('restarts')),
  sound('tables with every picture', { jpegTables: 'each' }),
  sound('tables with every tenth picture', { jpegTables: 'kept' }),
  sound('its size in the SDP', { jpegSize: 'x-dimensions' }),
  sound('its size in the SDP, by another name', { jpegSize: 'framesize' }),
  sound('tiny packets', { maxPayload: 300 }),
  sound('large packets', { maxPayload: 60_000 }),
  sound('sequence numbers and time stamps that wrap', {
    sequenceStart: 65_500,
    timestampStart: 2 ** 32 - 90_000,
  }),
]);

/** A second, the fault, until the court is live again, a second. */
const around =
  (fault: (played: RtspCamera) => void) =>
  async (played: RtspCamera, court: { becomes(state: 'live'): Promise<void> }): Promise<void> => {
    await pictures(played, 15);
    const back = court.becomes('live');
    fault(played);
    await back;
    await pictures(played, 10);
  };

describeFilms('Motion JPEG over RTSP that fails in mid-match', [
  row<RtspCamera>({
    name: 'loses packets: no half picture is recorded',
    make: () => camera({ maxPayload: 400 }),
    script: async (played) => {
      await pictures(played, 15);
      played.losePackets(2);
      await pictures(played, 15);
      played.losePackets(1);
      await pictures(played, 15);
    },
    check: (film, played) => {
      expect(film.recording.gaps).toEqual([]);
      expect(missing(film).length).toBeGreaterThan(0);
      expect(missing(film).length).toBeLessThan(6);
      expect(played.totalConnections).toBe(1);
    },
  }),
  row<RtspCamera>({
    name: 'cut for 2 s',
    make: () => camera({ onlyOneConnection: 'busy' }),
    script: around((played) => void played.cut({ refuseMs: 2_000 })),
    check: (film, played) => {
      expect(film.recording.gaps.map(({ reason }) => reason)).toEqual(['camera_lost']);
      expect(film.court.states).toEqual(['live', 'reconnecting', 'live']);
      expect(played.peakConnections).toBe(1);
    },
  }),
  row<RtspCamera>({
    name: 'a quality that there is not, for a second',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 15);
      played.set({ jpegTables: 'undefined' });
      await pictures(played, 10);
      played.set({ jpegTables: 'computed' });
      await pictures(played, 15);
    },
    rules: { deviation: 0.4 },
    check: (film, played) => {
      expect(film.recording.gaps.map(({ reason }) => reason)).toEqual(['packets_lost']);
      expect(played.totalConnections).toBeLessThanOrEqual(2);
    },
  }),
  row<RtspCamera>({
    name: 'another size in mid-match, and back',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 20);
      played.switchClip(await clip('plain', { width: 480, height: 272 }));
      await pictures(played, 20);
      played.switchClip(await clip());
      await pictures(played, 20);
    },
    rules: { deviation: 0.4 },
    check: (film, played) => {
      expect(film.file).toMatchObject({ width: 320, height: 176 });
      expect(played.totalConnections).toBe(1);
    },
  }),
  row<RtspCamera>({
    name: 'says 10 pictures a second and sends 8.5',
    make: async () => {
      const made = await camera();
      made.setSendFps(8.5);
      return made;
    },
    script: (played) => pictures(played, 8 * 6),
    check: (film) => {
      expect(film.recording.gaps).toEqual([]);
      expect(missing(film)).toEqual([]);
    },
  }),
  row<RtspCamera>({
    name: 'its time stamps jump by years',
    make: () => camera(),
    script: async (played) => {
      await pictures(played, 20);
      played.jumpTimestamps(3 * 365 * 24 * 3_600_000);
      await pictures(played, 25);
    },
    check: (film, played) => {
      expect(film.recording.gaps).toEqual([]);
      expect(missing(film)).toEqual([]);
      expect(played.totalConnections).toBe(1);
    },
  }),
]);
