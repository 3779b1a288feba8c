import { once } from 'node:events';
import { h264Clip, RtspCamera } from '../cameras';
import { CourtLab } from './court-lab';
import { expectTrueFilm, film, pictures } from './film';
import { describeFilms, row } from './film-table';
import { faultTest } from './ledger';

jest.setTimeout(10 * 60_000);

/** As long as a reboot with a check of its disk may take. */
const FIVE_MINUTES_MS = 5 * 60_000;
const COURTS = 10;
/** Tries to connect that a court may need, once its camera may be reached again. */
const TRIES = 2;

const camera = async (): Promise<RtspCamera> =>
  new RtspCamera({ clip: await h264Clip({ width: 320, height: 180, seconds: 8, gopSeconds: 1, bitrate: 400_000 }) });

describeFilms('cameras that are away for long', [
  row<RtspCamera>({
    name: 'five minutes',
    make: camera,
    script: async (played, court) => {
      await pictures(played, 40);
      const back = court.becomes('reconnecting').then(() => court.becomes('live'));
      await played.cut({ refuseMs: FIVE_MINUTES_MS });
      await back;
      await pictures(played, 40);
    },
    check: ({ recording: { gaps } }) => {
      expect(gaps.map(({ reason }) => reason)).toEqual(['camera_lost']);
      expect((gaps[0]?.endSeconds ?? 0) - (gaps[0]?.startSeconds ?? 0)).toBeGreaterThan(FIVE_MINUTES_MS / 1000);
    },
  }),
  row<RtspCamera>({
    name: 'connected and silent for 30 s',
    make: camera,
    script: async (played, court) => {
      await pictures(played, 40);
      const back = court.becomes('reconnecting').then(() => court.becomes('live'));
      played.silence(30_000);
      await back;
      await pictures(played, 40);
    },
    check: ({ recording: { gaps } }) => {
      expect(gaps.map(({ reason }) => reason)).toEqual(['camera_stalled']);
      expect((gaps[0]?.endSeconds ?? 0) - (gaps[0]?.startSeconds ?? 0)).toBeGreaterThan(29);
    },
  }),
]);

describe('a switch that restarts', () => {
  let lab: CourtLab;

  beforeAll(async () => {
    lab = await CourtLab.open();
  });

  afterAll(() => lab?.close());

  faultTest(
    {
      section: 'Cameras',
      fault: `${COURTS} cameras away at once`,
      how: 'all cut in one moment, refused for 3 s; each takes one connection only',
      invariants: ['I1', 'I3'],
    },
    async (found) => {
      const clip = await h264Clip({ width: 320, height: 180, seconds: 8, gopSeconds: 1, bitrate: 400_000 });
      const cameras = Array.from({ length: COURTS }, () => new RtspCamera({ clip, onlyOneConnection: 'refuse' }));
      let recording = 0;
      let all: () => void = () => undefined;
      const everybody = new Promise<void>((resolve) => (all = resolve));
      const returns: number[] = [];
      const films = await Promise.all(
        cameras.map((played) =>
          film(lab, played, async (court) => {
            if (++recording === COURTS) all();
            await everybody;
            await pictures(played, 25);
            const back = court.becomes('reconnecting').then(() => court.becomes('live'));
            void once(played, 'connection').then(() => returns.push(performance.now()));
            await played.cut({ refuseMs: 3_000 });
            await back;
            await pictures(played, 25);
          }),
        ),
      );
      for (const [i, developed] of films.entries()) {
        found.happened();
        expectTrueFilm(developed, { deviation: 0.5 });
        expect(developed.recording.gaps.map(({ reason }) => reason)).toEqual(['camera_lost']);
        expect(cameras[i]?.peakConnections).toBe(1);
        expect(cameras[i]?.totalConnections).toBeLessThanOrEqual(1 + TRIES);
      }
      // No two of them wait the same time: else they would come as one, again and again.
      const spread = Math.max(...returns) - Math.min(...returns);
      expect(spread).toBeGreaterThan(100);
      found.note(`came back within ${(spread / 1000).toFixed(1)} s, each by a connection of its own`);
    },
  );
});
