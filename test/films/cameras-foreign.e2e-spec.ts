import { FfmpegMjpegCamera, GstreamerCamera, GstreamerCameraOptions, mjpegClip } from '../cameras';
import { CourtLab } from '../faults/court-lab';
import { develop, expectTrueFilm, Film } from '../faults/film';
import { entered } from '../faults/ledger';
import { SideBySide } from '../faults/side-by-side';
import { PLANTED } from '../support/planted';

interface ForeignCamera {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const gstreamer =
  (options: GstreamerCameraOptions): (() => Promise<ForeignCamera>) =>
  async () =>
    new GstreamerCamera({ width: 320, height: 180, ...options });
const LOGIN = { username: 'court', password: `right ${PLANTED}` };

const ROWS: readonly (readonly [
  string,
  () => Promise<ForeignCamera>,
  { bars: boolean; codec: string; height?: number; file?: 'h264' | 'hevc' },
])[] = [
  ['GStreamer', gstreamer({}), { bars: false, codec: 'h264' }],
  ['GStreamer, B-frames', gstreamer({ bframes: 2 }), { bars: false, codec: 'h264' }],
  ['GStreamer, Basic', gstreamer({ ...LOGIN, auth: 'basic' }), { bars: false, codec: 'h264' }],
  [
    'GStreamer, Digest and B-frames',
    gstreamer({ ...LOGIN, auth: 'digest', bframes: 2 }),
    { bars: false, codec: 'h264' },
  ],
  ...([0, 2] as const).map(
    (bframes) =>
      [
        `GStreamer, H.265, ${bframes} B-frames`,
        gstreamer({ codec: 'h265', bframes, fps: 12 }),
        { bars: false, codec: 'h265', file: 'hevc' },
      ] as const,
  ),
  ...(['4:2:0', '4:2:2'] as const).map(
    (sampling) =>
      [
        `GStreamer, Motion JPEG ${sampling}`,
        gstreamer({ codec: 'mjpeg', sampling, height: 176, fps: 10 }),
        { bars: false, codec: 'mjpeg', height: 176 },
      ] as const,
  ),
  [
    "FFmpeg's mpjpeg",
    async () =>
      new FfmpegMjpegCamera({
        clip: await mjpegClip({ width: 320, height: 180, fps: 10, seconds: 8, bitrate: 1_500_000 }),
      }),
    { bars: true, codec: 'mjpeg' },
  ],
];

/** Against programs nobody here wrote. */
describe('foreign cameras', () => {
  let lab: CourtLab;
  const films = new SideBySide<Film>(2);

  beforeAll(async () => {
    lab = await CourtLab.open();
    for (const [name, make] of ROWS) {
      films.add(name, async () => {
        const camera = await make();
        await camera.start();
        try {
          const court = await lab.record(camera.url);
          await court.runsFor(4_000);
          return await develop(lab, court, await court.finish());
        } finally {
          await camera.stop();
        }
      });
    }
  });

  afterAll(async () => {
    await films.over();
    await lab.close();
  });

  it.each(ROWS)('%s', async (name, _, { bars, codec, height = 180, file = 'h264' }) => {
    const how = 'a program that nobody here wrote, recorded for 4 s';
    await entered({ section: 'Cameras', fault: `foreign: ${name}`, how, invariants: ['I4'] }, async (found) => {
      const film = await films.get(name);
      found.happened();
      expect(film.court.opened.facts).toMatchObject({ codec, width: 320, height });
      expectTrueFilm(film, { bars, deviation: null, codec: file });
      expect(film.recording.gaps).toEqual([]);
      expect(film.file).toMatchObject({ width: 320, height });
    });
  });
});
