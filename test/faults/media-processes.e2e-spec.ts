import { getPriority } from 'node:os';
import { Turns } from '../../src/common/turns';
import { findMarker } from '../../src/media/process/marker';
import { CameraServer, h264Clip, MjpegCamera, mjpegClip, RtspCamera } from '../cameras';
import { Courtside, RecordingAnswer } from '../support/courtside';
import { MjpegClient } from '../support/mjpeg-client';
import { Service } from '../support/service';
import { until } from '../support/until';
import { Fate, FatedTool } from './fated-tool';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { faultTests, FaultRow, Findings } from './ledger';
import { Witness } from './witness';

const SIZE = { width: 320, height: 180, seconds: 8 };

/** A court whose camera is watched. */
interface Court {
  readonly camera: CameraServer;
  readonly id: number;
}

describe('the programs that work for a recording', () => {
  let world: FaultWorld;
  let service: Service;
  let desk: Courtside;
  let ffprobe: FatedTool;
  const cameras: CameraServer[] = [];
  /** Recordings stop one after the other: what a program meets is meant for one of them. */
  const stops = new Turns(1);

  beforeAll(async () => {
    world = await FaultWorld.make();
    ffprobe = new FatedTool(world.root, 'ffprobe');
    service = await world.start({ env: { FFPROBE_PATH: ffprobe.path, VIDEO_PRESET: 'ultrafast' } });
    desk = await Courtside.at(service.url);
  });

  /** The FFmpeg that works for a session, once there is one; none of these pids. */
  function worker(sessionId: string, not: readonly number[] = []): Promise<number> {
    const isWorker = ({ pid, args }: { pid: number; args: readonly string[] }): boolean =>
      !not.includes(pid) && findMarker(args)?.session === sessionId;
    return until(() => service.listChildren().find(isWorker)?.pid);
  }

  /** Plays a row on a court of its own; the recording must be whole in the end. */
  const onCourt =
    (kind: 'rtsp' | 'mjpeg', play: (court: Court, found: Findings) => Promise<string>) =>
    async (found: Findings): Promise<void> => {
      const camera =
        kind === 'rtsp'
          ? new RtspCamera({ clip: await h264Clip({ ...SIZE, bitrate: 400_000 }) })
          : new MjpegCamera({ clip: await mjpegClip({ ...SIZE, bitrate: 1_500_000 }) });
      cameras.push(camera);
      await camera.start();
      const witness = new Witness(camera);
      const id = await desk.court(`Court ${cameras.length}`, camera.url);
      const sessionId = await play({ camera, id }, found);
      await desk.over(sessionId);
      await desk.recordingThat(sessionId, ({ status }) => status === 'ready');
      await desk.close(sessionId);
      await world.filmed(found, sessionId, witness);
    };

  const encoderKilled = onCourt('mjpeg', async ({ camera, id }, found) => {
    const sessionId = await desk.record(id);
    for (let run = 0; run < 3; run++) {
      await pictures(camera, 12);
      process.kill(await worker(sessionId), 'SIGKILL');
      found.happened();
      await desk.recordingThat(sessionId, ({ restarts }) => restarts > run);
    }
    await pictures(camera, 5);
    const last = await worker(sessionId);
    await stops.take(async () => {
      const stopped = desk.stop(sessionId);
      process.kill(last, 'SIGKILL');
      found.happened();
      await stopped;
    });
    return sessionId;
  });

  const encoderStopped = onCourt('mjpeg', async ({ camera, id }, found) => {
    const sessionId = await desk.record(id);
    await pictures(camera, 12);
    process.kill(await worker(sessionId), 'SIGSTOP');
    found.happened();
    await desk.recordingThat(sessionId, ({ restarts }) => restarts === 1);
    await pictures(camera, 10);
    await stops.take(() => desk.stop(sessionId));
    return sessionId;
  });

  const decoder = (signal: 'SIGKILL' | 'SIGSTOP') =>
    onCourt('rtsp', async ({ camera, id }, found) => {
      const sessionId = await desk.record(id);
      const url = `${service.url}/api/preview/${sessionId}/stream.mjpeg`;
      const viewer = await MjpegClient.open(url, { authorization: `Bearer ${desk.api.token}` });
      await viewer.take(2);
      const first = await worker(sessionId);
      process.kill(first, signal);
      found.happened();
      // The same viewer gets the pictures of another process.
      await worker(sessionId, [first]);
      await viewer.take(3);
      viewer.close();
      await pictures(camera, 10);
      await stops.take(() => desk.stop(sessionId));
      return sessionId;
    });

  /** Stops a recording while something happens to the programs that look at its file. */
  const finaliser = (meanwhile: (sessionId: string, stop: () => Promise<unknown>) => Promise<void>) =>
    onCourt('rtsp', async ({ camera, id }, found) => {
      const sessionId = await desk.record(id);
      await pictures(camera, 20);
      await stops.take(async () => {
        await meanwhile(sessionId, () => desk.stop(sessionId));
        found.happened();
        const { status } = (await desk.recording(sessionId)) as RecordingAnswer;
        found.note(status === 'ready' ? 'the file was there at once' : 'the next try made the file');
      });
      return sessionId;
    });

  const ffprobeMeets = (fate: Fate) =>
    finaliser(async (_, stop) => {
      ffprobe.plan(fate);
      await stop();
      expect(ffprobe.planned).toBe(false);
    });

  /** The FFmpeg that waits for the end of a match; those that look at the beginning of one are nice. */
  function waiting(): Promise<number> {
    const waits = ({ pid, args }: { pid: number; args: readonly string[] }): boolean =>
      args.includes('framehash') && getPriority(pid) === 0;
    return until(() => service.listChildren().find(waits)?.pid);
  }

  const killedWhileItWaits = finaliser(async (_, stop) => {
    process.kill(await waiting(), 'SIGKILL');
    await stop();
  });

  const killedAtWork = finaliser(async (sessionId, stop) => {
    const pid = await waiting();
    // So that it cannot be done before.
    process.kill(pid, 'SIGSTOP');
    const stopped = stop();
    await desk.recordingThat(sessionId, ({ status }) => status === 'finalizing');
    process.kill(pid, 'SIGKILL');
    await stopped;
  });

  const row = (fault: string, how: string, ...invariants: FaultRow['invariants']): FaultRow => {
    return { section: 'Machine', fault, how, invariants };
  };
  const WATCHED = 'while somebody watches and the court records';

  faultTests(8, [
    {
      row: row('an encoder dies', 'SIGKILL, three times in mid-match and once while it stops', 'I1', 'I4'),
      play: encoderKilled,
    },
    { row: row('an encoder hangs', 'SIGSTOP in mid-match', 'I1', 'I4', 'I5'), play: encoderStopped },
    { row: row("a preview's decoder dies", `SIGKILL ${WATCHED}`, 'I1', 'I5'), play: decoder('SIGKILL') },
    { row: row("a preview's decoder hangs", `SIGSTOP ${WATCHED}`, 'I1', 'I5'), play: decoder('SIGSTOP') },
    {
      row: row("the finaliser's ffmpeg dies", 'SIGKILL while it waits for the end', 'I1', 'I4'),
      play: killedWhileItWaits,
    },
    { row: row("the finaliser's ffmpeg dies", 'SIGKILL at its work', 'I1', 'I4'), play: killedAtWork },
    ...(['killed at its start', 'killed in mid-answer'] as const).map((fate) => ({
      row: row("the finaliser's ffprobe dies", `SIGKILL: ${fate}`, 'I1', 'I4'),
      play: ffprobeMeets(fate),
    })),
  ]);

  it('leaves nothing behind', () => world.atRest(null));

  afterAll(async () => {
    await world?.close();
    for (const camera of cameras) await camera.stop();
  });
});
