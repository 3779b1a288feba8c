import { Answer, Api } from './api';
import { ADMIN } from './club';
import { until } from './until';

/** The wire's `recording`. */
export interface RecordingAnswer {
  readonly status: string;
  readonly active: boolean;
  readonly started_at: string | null;
  readonly stopped_at: string | null;
  readonly planned_end_at: string;
  readonly duration_seconds: number;
  readonly bytes_written: number;
  readonly gaps: readonly { start_seconds: number; end_seconds: number; reason: string }[];
  readonly restarts: number;
  readonly video_path: string | null;
  readonly error: string | null;
}

/** One of the wire's `session.angles`. */
export interface AngleAnswer {
  readonly session_id: string;
  readonly status: string;
  readonly recording_status: string | null;
  readonly offset_seconds: number | null;
}

export interface SessionAnswer {
  readonly session_id: string;
  readonly status: string;
  readonly proxy_port: number | null;
  readonly recording: RecordingAnswer | null;
  readonly angles: readonly AngleAnswer[];
}

/** A body that may be a problem, a session or a recording. */
export interface CourtsideBody {
  readonly code?: string;
  readonly session_id?: string;
  readonly session?: SessionAnswer;
  readonly recording?: RecordingAnswer;
  readonly video_path?: string | null;
}

const LAST_STATES = ['ready', 'failed'];

/** What somebody at the desk does with courts, over real HTTP. */
export class Courtside {
  constructor(
    readonly api: Api,
    readonly clubId: number,
  ) {}

  /** The operator of a service process, in a club that is made where there is none. */
  static async at(url: string): Promise<Courtside> {
    const api = await Api.signedIn(url, ADMIN.email, ADMIN.password);
    const { body } = await api.get<{ clubs: { id: number }[] }>('/api/clubs');
    const [known] = body.clubs;
    if (known) return new Courtside(api, known.id);
    const made = await api.post<{ id: number }>('/api/clubs', { name: 'Padel Nord', time_zone: 'Europe/Paris' });
    return new Courtside(api, made.body.id);
  }

  async court(name: string, cameraUrl: string): Promise<number> {
    const path = `/api/clubs/${this.clubId}/terrains`;
    const made = await this.api.post<{ id: number }>(path, { name, camera_url: cameraUrl });
    if (made.status !== 201) throw new Error(`court not made: ${made.text}`);
    return made.body.id;
  }

  async camera(courtId: number, cameraUrl: string): Promise<void> {
    const added = await this.api.post(`/api/terrains/${courtId}/cameras`, { camera_url: cameraUrl });
    if (added.status !== 201) throw new Error(`no camera: ${added.text}`);
  }

  /** The one angle of a match, once this holds of it. */
  angleThat(sessionId: string, holds: (angle: AngleAnswer) => boolean): Promise<AngleAnswer> {
    return until(async () => {
      const { angles } = await this.session(sessionId);
      return angles.find(holds);
    });
  }

  create(courtId: number): Promise<Answer<CourtsideBody>> {
    return this.api.post('/api/video/session/create', { terrain_id: courtId });
  }

  start(sessionId: string, minutes?: number): Promise<Answer<CourtsideBody>> {
    const duration = minutes === undefined ? {} : { duration_minutes: minutes };
    return this.api.post('/api/video/record/start', { session_id: sessionId, ...duration });
  }

  stop(sessionId: string): Promise<Answer<CourtsideBody>> {
    return this.api.post('/api/video/record/stop', { session_id: sessionId });
  }

  close(sessionId: string): Promise<Answer<CourtsideBody>> {
    return this.api.post('/api/video/session/close', { session_id: sessionId });
  }

  remove(sessionId: string): Promise<Answer<CourtsideBody>> {
    return this.api.delete(`/api/video/files/${sessionId}/delete?club_id=${this.clubId}`);
  }

  download(sessionId: string): Promise<{ response: Response; body: Buffer }> {
    return this.api.bytes(`/api/video/files/${sessionId}/download?club_id=${this.clubId}`);
  }

  cleanUp(): Promise<Answer<{ cleaned_sessions: number; killed_processes: number }>> {
    return this.api.post('/api/video/cleanup');
  }

  /** Opens a session and starts its recording. @throws Error where one of the two is refused */
  async record(courtId: number, minutes?: number): Promise<string> {
    const opened = await this.create(courtId);
    const id = opened.body.session?.session_id;
    if (id === undefined) throw new Error(`no session: ${opened.text}`);
    const started = await this.start(id, minutes);
    if (started.status !== 201) throw new Error(`no recording: ${started.text}`);
    return id;
  }

  async session(sessionId: string): Promise<SessionAnswer> {
    const answer = await this.api.get<{ session: SessionAnswer }>(`/api/video/session/${sessionId}`);
    if (answer.status !== 200) throw new Error(`no session: ${answer.text}`);
    return answer.body.session;
  }

  /** `null` where nothing was recorded. */
  async recording(sessionId: string): Promise<RecordingAnswer | null> {
    const answer = await this.askStatus(sessionId);
    if (answer.status !== 200) throw new Error(`no status: ${answer.text}`);
    return answer.body.status;
  }

  /** The recording once this holds of it; a service that cannot say now is asked again. */
  recordingThat(sessionId: string, holds: (recording: RecordingAnswer) => boolean): Promise<RecordingAnswer> {
    return until(async () => {
      const answer = await this.askStatus(sessionId);
      if (answer.status !== 200 && answer.status !== 503) throw new Error(`no status: ${answer.text}`);
      const recording = answer.status === 200 ? answer.body.status : null;
      return recording && holds(recording) ? recording : null;
    });
  }

  /** The recording once nothing is done to it any more. */
  over(sessionId: string): Promise<RecordingAnswer> {
    return this.recordingThat(sessionId, ({ status }) => LAST_STATES.includes(status));
  }

  private askStatus(sessionId: string): Promise<Answer<{ status: RecordingAnswer | null }>> {
    return this.api.get(`/api/video/record/status/${sessionId}`);
  }
}
