import { join } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import { CameraServer, h264Clip, RtspCamera } from '../cameras';
import { Courtside } from '../support/courtside';
import { chaptersOf } from '../support/mp4';
import { Service, ServiceEnded } from '../support/service';
import { until } from '../support/until';
import { FaultWorld } from './fault-world';
import { pictures } from './film';
import { Findings } from './ledger';
import { Witness } from './witness';

/** I2: nothing says `recording` for longer than this after a start, unless it is true. Milliseconds. */
const SETTLED_MS = 10_000;
const ACTIVE = ['starting', 'recording', 'reconnecting'];

/** A recording from its beginning to its deletion by a service that dies on the way, and what the next one makes of it. */
export class FaultWalk {
  private constructor(
    private readonly camera: CameraServer,
    /** That of an angle; `null`: the court has one camera. */
    private readonly second: CameraServer | null,
  ) {}

  /**
   * @param point number of a fault point's call, or its name
   * @returns the name of the point at which it died; `null`: it never came to it
   */
  static async dieAt(
    point: number | string,
    found: Findings,
    { angle = false }: { readonly angle?: boolean } = {},
  ): Promise<string | null> {
    // Of its own: to somebody else a picture may have been handed over that this service never got.
    const clip = await h264Clip({ width: 320, height: 180, seconds: 8, bitrate: 400_000 });
    const camera = new RtspCamera({ clip });
    const second = angle ? new RtspCamera({ clip }) : null;
    await camera.start();
    await second?.start();
    try {
      return await new FaultWalk(camera, second).dieAt(point, found);
    } finally {
      await camera.stop();
      await second?.stop();
    }
  }

  private async dieAt(point: number | string, found: Findings): Promise<string | null> {
    const world = await FaultWorld.make();
    const witness = new Witness(this.camera);
    const other = this.second && new Witness(this.second);
    try {
      const died = await this.live(world, point);
      if (died === null) return null;
      found.happened();
      await this.goOn(world, [witness, other], found).catch((error: unknown) => {
        throw new Error(`after ${died}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      });
      return died;
    } finally {
      witness.leave();
      other?.leave();
      await world.close();
    }
  }

  /** One life of the service, up to its end at the point or in order. */
  private async live(world: FaultWorld, point: number | string): Promise<string | null> {
    let service: Service;
    try {
      service = await world.start({ faultPoint: point });
    } catch (error) {
      if (error instanceof ServiceEnded && error.ending.signal === 'SIGKILL') return nameIn(error.message);
      throw error;
    }
    try {
      await this.match(await Courtside.at(service.url));
    } catch (error) {
      // A call whose service died under it, which may not be known yet; anything else is a failure of ours.
      const { signal } = await service.end('SIGTERM');
      if (signal !== 'SIGKILL') throw error;
    }
    const { signal } = await service.end('SIGTERM');
    return signal === 'SIGKILL' ? nameIn(service.output) : null;
  }

  private async match(desk: Courtside): Promise<void> {
    const court = await desk.court('Court 1', this.camera.url);
    if (this.second) await desk.camera(court, this.second.url);
    const sessionId = await desk.record(court);
    if (this.second) await desk.angleThat(sessionId, ({ recording_status: now }) => now === 'recording');
    await pictures(this.camera, 30);
    const marker = { session_id: sessionId, kind: 'highlight', text: 'Bajada', at_seconds: 0.5 };
    const { status, text } = await desk.api.post('/api/video/markers', marker);
    if (status !== 201) throw new Error(`not marked: ${text}`);
    await desk.stop(sessionId);
    await written(desk, sessionId);
    if (this.second) await desk.angleThat(sessionId, ({ recording_status: now }) => now === 'ready');
    await desk.close(sessionId);
    await desk.remove(sessionId);
  }

  /** The next life: what was begun is finished or goes on, what was deleted is gone, and the court is free for the next match. */
  private async goOn(
    world: FaultWorld,
    [witness, other]: readonly [Witness, Witness | null],
    found: Findings,
  ): Promise<void> {
    const began = performance.now();
    const service = await world.start();
    const desk = await Courtside.at(service.url);
    await until(async () => (await world.invariants.writers()).length === 0);
    expect(performance.now() - began).toBeLessThan(SETTLED_MS);
    for (const { id, angle, status, deleted } of await rows(world)) {
      // Resumed: it goes on as if nothing had been, and is stopped as it would have been.
      if (ACTIVE.includes(status)) {
        // An angle goes on, and ends, with its match.
        if (!angle) await desk.recordingThat(id, ({ status: now }) => now === 'recording');
        if (!angle) await pictures(this.camera, 12);
        await desk.stop(id);
      }
      const recording = await desk.over(id);
      // Only what never had a picture on disk may come to nothing.
      if (recording.status === 'failed') expect(recording).toEqual({ ...recording, bytes_written: 0 });
      else if (!deleted) {
        // What was marked is in the match's file, once and at its place; and the file is the film that it was.
        const markers = angle ? [] : await written(desk, id);
        const chapters = markers.map(({ at_seconds: at, text }) => ({ at, title: `Highlight: ${text}` }));
        expect(await chaptersOf(join(world.videosDir, recording.video_path as string))).toEqual(chapters);
        await world.filmed(found, id, angle ? (other ?? undefined) : witness);
      }
      // Again, whatever became of the first time: the same answer, or none is left to be had.
      expect([200, 409]).toContain((await desk.stop(id)).status);
      await desk.close(id);
      if (deleted) expect((await desk.download(id)).response.status).toBe(404);
    }
    // What a crash left of a deleted video goes with the next upkeep; here, now.
    await desk.cleanUp();
    const courts = await desk.api.get<{ terrains: { id: number }[] }>(`/api/clubs/${desk.clubId}/terrains`);
    for (const { id } of courts.body.terrains) {
      const next = await until(async () => (await desk.create(id)).body.session?.session_id);
      await desk.close(next);
    }
    await world.atRest(null);
  }
}

interface MarkerList {
  readonly markers: readonly { readonly at_seconds: number; readonly text: string }[];
  readonly chapters: string;
}

/** What is marked in a match, once its file has it as chapters. */
async function written(desk: Courtside, sessionId: string): Promise<MarkerList['markers']> {
  return until(async () => {
    const { status, body } = await desk.api.get<MarkerList>(`/api/video/markers?session_id=${sessionId}`);
    if (status !== 200 || body.chapters === 'waiting') return null;
    expect(body.chapters).toBe('written');
    return body.markers;
  });
}

/** As the service said it when it died. */
function nameIn(output: string): string {
  return /^fault point \d+: (\S+)$/m.exec(output)?.[1] ?? `no fault point: ${output.slice(-500)}`;
}

async function rows(world: FaultWorld): Promise<{ id: string; angle: boolean; status: string; deleted: boolean }[]> {
  return withClient(world.databaseUrl, async (client) => {
    const { rows: found } = await client.query(`
      SELECT r.session_id AS id, r.camera_position > 0 AS angle, r.status,
             coalesce(v.deleted_at IS NOT NULL, false) AS deleted
        FROM recordings r LEFT JOIN videos v ON v.session_id = r.session_id ORDER BY r.camera_position`);
    return found as { id: string; angle: boolean; status: string; deleted: boolean }[];
  });
}
