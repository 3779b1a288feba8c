import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withClient } from '../../src/database/embedded/connect';
import { findMarker } from '../../src/media/process/marker';
import { Toolchain } from '../../src/media/toolchain';
import { SystemClock } from '../../src/common/clock';
import { isGone, ProcessIdentity } from '../../src/runtime/process-identity';
import { readWithFfmpeg } from '../cameras';
import { inspectMp4 } from '../support/mp4';
import { childrenOf, listeningPorts, listProcesses, openFiles } from '../support/processes';
import { areTold, holes, placesOf } from './film';
import { Invariant } from './ledger';
import { losses, Witness, worstLoss } from './witness';

/** One installation of the service, seen from outside. */
export interface Installation {
  /** With `data`, `videos` and `logs`, as tests start it. */
  readonly root: string;
  readonly databaseUrl: string;
}

/** What is not as it must be; empty: all holds. */
export interface Verdict {
  readonly violations: string[];
  /** Longest stretch of pictures that a camera handed over and no file has, in seconds; `null`: nobody watched. */
  readonly worstLoss: number | null;
}

interface RecordingRow {
  session_id: string;
  court_id: number;
  camera_position: number;
  status: string;
  started_at: Date | null;
  stopped_at: Date | null;
  duration_seconds: number;
  video_path: string | null;
  error: string | null;
  owner: ProcessIdentity | null;
  session_status: string;
  proxy_port: number | null;
  gaps: { start: number; end: number; reason: string }[];
}

interface VideoRow {
  session_id: string;
  video_path: string;
  size_bytes: string;
  duration_seconds: number;
  deleted_at: Date | null;
}

const ACTIVE = ['starting', 'recording', 'reconnecting'];
const OPEN = ['connecting', 'live', 'reconnecting'];
/** The last second may be lost, and the picture that nobody knows the end of yet. */
const LAST_SECOND = 1.1;
/** Cameras and files tell the edges of a hole from two sides. */
const EDGE_SECONDS = 0.3;
/** The folders of the video store that hold no finished videos, and what may lie in each. */
const RECORDINGS = '.recordings';
const QUARANTINE = '.quarantine';
const THUMBNAILS = '.thumbnails';
/** Whose videos these are; not a video. */
const OWNER_MARK = '.installation';

/** Checks the promises of `docs/reliability.md` from outside: rows, files, processes, ports. */
export class Invariants {
  constructor(private readonly place: Installation) {}

  private get videos(): string {
    return join(this.place.root, 'videos');
  }

  /** I2 and I3, at any moment: rows that say `recording` have a live writer, and no camera of a court has two. */
  async writers(): Promise<string[]> {
    const wrong: string[] = [];
    const writers = this.openParts();
    const rows = await this.recordings();
    for (const row of rows.filter(({ status }) => ACTIVE.includes(status))) {
      const { session_id: id, status } = row;
      if (!row.owner || isGone(row.owner)) wrong.push(say('I2', `${id} is ${status} and its process is gone`));
      else if (status === 'recording' && !writers.get(id)?.has(row.owner.pid))
        wrong.push(say('I2', `${id} is recording and its process has no file of it open`));
    }
    const cameras = new Map<string, Set<string>>();
    for (const [id, pids] of writers) {
      if (pids.size > 1) wrong.push(say('I3', `${id} is written by ${[...pids].join(' and ')}`));
      const row = rows.find(({ session_id: known }) => known === id);
      const camera = row && `${row.court_id}, camera ${row.camera_position}`;
      if (camera !== undefined) cameras.set(camera, (cameras.get(camera) ?? new Set()).add(id));
    }
    for (const [camera, ids] of cameras) {
      if (ids.size > 1) wrong.push(say('I3', `court ${camera} is written by ${[...ids].join(' and ')}`));
    }
    return wrong;
  }

  /** I1 and I4 of one recording that is over, whatever others do. */
  async recorded(sessionId: string, witness?: Witness): Promise<Verdict> {
    const [rows, videos] = await Promise.all([this.recordings(), this.videoRows()]);
    const row = rows.find(({ session_id: id }) => id === sessionId);
    const video = videos.find(({ session_id: id }) => id === sessionId);
    if (row?.status !== 'ready' || !video) {
      return { violations: [say('I4', `${sessionId} is ${row?.status}: ${row?.error}`)], worstLoss: null };
    }
    return this.film(row, video, witness);
  }

  /**
   * I1 and I4, once nothing is under way: every file has its row and every row its file, and each `ready` one has what the
   * camera sent.
   * @param witnesses of the cameras, by session
   */
  async files(witnesses: ReadonlyMap<string, Witness> = new Map()): Promise<Verdict> {
    const [rows, videos] = await Promise.all([this.recordings(), this.videoRows()]);
    const verdicts: Verdict[] = [
      { violations: [...this.strangeFiles(rows, videos), ...unfinished(rows)], worstLoss: null },
    ];
    for (const row of rows.filter(({ status }) => status === 'ready')) {
      const video = videos.find(({ session_id: id }) => id === row.session_id);
      if (!video)
        verdicts.push({ violations: [say('I4', `${row.session_id} is ready and no video`)], worstLoss: null });
      else if (!video.deleted_at) verdicts.push(await this.film(row, video, witnesses.get(row.session_id)));
    }
    const losses = verdicts.flatMap(({ worstLoss: loss }) => (loss === null ? [] : [loss]));
    return {
      violations: verdicts.flatMap(({ violations }) => violations),
      worstLoss: losses.length > 0 ? Math.max(...losses) : null,
    };
  }

  /**
   * I5: nothing of ours runs or listens that no session needs.
   * @param services processes of the service that live, with the port of their API
   */
  async leftovers(services: readonly { pid: number; url: string }[]): Promise<string[]> {
    const wrong: string[] = [];
    const open = (await this.sessions()).filter(({ status }) => OPEN.includes(status));
    const instance = new Toolchain('', '', new SystemClock(), join(this.place.root, 'data')).instance;
    const alive = new Set(services.map(({ pid }) => pid));
    for (const { pid, args } of listProcesses()) {
      const marker = findMarker(args);
      const ours = marker?.instance === instance || (!alive.has(pid) && args.some((arg) => arg.includes(this.videos)));
      if (ours && open.every(({ id }) => id !== marker?.session))
        wrong.push(say('I5', `process ${pid} is left over: ${args.slice(0, 4).join(' ')} …`));
    }
    for (const { pid, url } of services) {
      const own = open.filter(({ owner }) => owner?.pid === pid);
      const ports = listeningPorts(pid).filter((port) => port !== Number(new URL(url).port));
      const known = own.map(({ proxy_port: port }) => port);
      for (const port of ports.filter((one) => !known.includes(one)))
        wrong.push(say('I5', `port ${port} is not freed`));
      if (own.length > 0) continue;
      for (const child of childrenOf(pid)) wrong.push(say('I5', `child ${child.pid} (${child.args[0]}) is left over`));
    }
    return wrong;
  }

  /** Which processes have a part of a session's recording open to write it. */
  private openParts(): Map<string, Set<number>> {
    const writers = new Map<string, Set<number>>();
    const folder = join(this.videos, RECORDINGS);
    for (const { pid } of listProcesses()) {
      for (const { path, writable } of openFiles(pid)) {
        const [, id] = /^([0-9a-f-]{36})\/part-\d+\.mp4$/.exec(relative(folder, path)) ?? [];
        if (writable && id !== undefined) writers.set(id, (writers.get(id) ?? new Set()).add(pid));
      }
    }
    return writers;
  }

  private strangeFiles(rows: readonly RecordingRow[], videos: readonly VideoRow[]): string[] {
    const wrong: string[] = [];
    const known = new Map(videos.map((video) => [video.video_path, video]));
    const found = new Set<string>();
    for (const path of filesBelow(this.videos)) {
      const [top = '', session = ''] = path.split('/');
      found.add(path);
      if (top === QUARANTINE || path === OWNER_MARK) continue;
      if (top === RECORDINGS) {
        const row = rows.find(({ session_id: id }) => id === session);
        if (!row) wrong.push(say('I4', `${path} has no row`));
        else if (row.status === 'ready') wrong.push(say('I4', `${path} is left of a recording that is ready`));
      } else if (top === THUMBNAILS) {
        const video = known.get(path.slice(THUMBNAILS.length + 1).replace(/jpg$/, 'mp4'));
        if (!video || video.deleted_at) wrong.push(say('I4', `${path} is of no video`));
      } else if (!known.has(path)) {
        wrong.push(say('I4', `${path} has no row`));
      } else if (known.get(path)?.deleted_at) {
        wrong.push(say('I4', `${path} was deleted and is there`));
      }
    }
    for (const { video_path: path, deleted_at: deleted } of videos) {
      if (!deleted && !found.has(path)) wrong.push(say('I4', `${path} has a row and no file`));
    }
    return wrong;
  }

  private async film(row: RecordingRow, video: VideoRow, witness: Witness | undefined): Promise<Verdict> {
    const path = join(this.videos, video.video_path);
    const name = video.video_path;
    const wrong: string[] = [];
    const claim = (holds: boolean, which: Invariant, words: string): void => {
      if (!holds) wrong.push(say(which, `${name} ${words}`));
    };
    const [file, reading] = await Promise.all([inspectMp4(path), readWithFfmpeg(path)]);
    const { boxes } = file;
    claim(boxes.indexOf('moov') >= 0 && boxes.indexOf('moov') < boxes.indexOf('mdat'), 'I4', `is ${boxes.join(' ')}`);
    claim(!boxes.includes('moof'), 'I4', 'is in fragments');
    claim(
      file.complaints === '' && reading.complaints === '',
      'I4',
      `is complained of: ${file.complaints.slice(0, 200)}`,
    );
    claim(Number(video.size_bytes) === statSync(path).size, 'I4', 'has another size than its row says');
    claim(near(file.durationSeconds, row.duration_seconds, 0.1), 'I4', 'has another length than its row says');
    claim(near(file.durationSeconds, video.duration_seconds, 0.1), 'I4', 'has another length than its video says');
    const startedAt = row.started_at?.getTime() ?? NaN;
    const stoppedAt = row.stopped_at?.getTime() ?? NaN;
    const wall = (stoppedAt - startedAt) / 1000;
    // A disk that is full takes no more of the last second.
    const slack = row.error?.startsWith('disk_full: ') ? LAST_SECOND : 0.3;
    claim(
      near(file.durationSeconds, wall, Math.max(slack, wall / 100)),
      'I1',
      `lasts ${file.durationSeconds} s and took ${wall} s`,
    );
    const times = reading.frames.map(({ seconds }) => seconds);
    claim(
      times.every((time, i) => i === 0 || time > (times[i - 1] as number)),
      'I1',
      'goes backwards',
    );
    const told = row.gaps.map(({ start, end }) => ({ start, end }));
    const seen = holes(file);
    claim(areTold(seen, told, EDGE_SECONDS), 'I1', `has the holes ${places(seen)} and lists ${places(told)}`);
    if (!witness) return { violations: wrong, worstLoss: null };
    claim(
      reading.frames.every(({ bars }) => bars !== null),
      'I1',
      'has pictures that cannot be read',
    );
    const lost = losses(witness.sent, { frames: reading.frames, startedAt, stoppedAt });
    for (const { at, seconds } of lost) {
      claim(seconds <= LAST_SECOND, 'I1', `lacks ${seconds.toFixed(2)} s of pictures at ${at.toFixed(1)} s`);
    }
    return { violations: wrong, worstLoss: worstLoss(lost) };
  }

  private async recordings(): Promise<RecordingRow[]> {
    return this.query<RecordingRow>(`
      SELECT r.session_id, r.court_id, r.camera_position, r.status, r.started_at, r.stopped_at, r.duration_seconds, r.video_path, r.error,
             s.owner, s.status AS session_status, s.proxy_port,
             coalesce((SELECT json_agg(json_build_object('start', g.start_seconds, 'end', g.end_seconds,
                                                         'reason', g.reason) ORDER BY g.start_seconds)
                         FROM recording_gaps g WHERE g.session_id = r.session_id), '[]') AS gaps
        FROM recordings r JOIN camera_sessions s ON s.id = r.session_id`);
  }

  private sessions(): Promise<
    { id: string; status: string; owner: ProcessIdentity | null; proxy_port: number | null }[]
  > {
    return this.query('SELECT id, status, owner, proxy_port FROM camera_sessions');
  }

  private videoRows(): Promise<VideoRow[]> {
    return this.query('SELECT session_id, video_path, size_bytes, duration_seconds, deleted_at FROM videos');
  }

  private query<T>(sql: string): Promise<T[]> {
    return withClient(this.place.databaseUrl, async (client) => (await client.query(sql)).rows as T[]);
  }
}

function unfinished(rows: readonly RecordingRow[]): string[] {
  return rows
    .filter(({ status }) => status !== 'ready' && status !== 'failed')
    .map(({ session_id: id, status }) => say('I2', `${id} is still ${status}`));
}

function say(invariant: Invariant, words: string): string {
  return `${invariant}: ${words}`;
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance;
}

function places(list: readonly { start: number; end: number }[]): string {
  return placesOf(list).join(', ') || 'none';
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = join(prefix, entry.name);
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
}
