import { CourtPlayer, LiveConnection, RecordingState, ReviewPlayer } from '../live';
import { Api, ApiError, Club, Court, Gap, Recording, Session } from './api';
import { clock, h, View, write } from './dom';
import { Lookback, Stretch } from './lookback';
import { decimal, inWords, t } from './texts';

const TICK_MS = 250;
const RUNNING = new Set(['starting', 'recording', 'reconnecting']);

/** One court: live, recorded, and looked back into. */
export function watchView(api: Api, connection: LiveConnection, sessionId: string, onBack: () => void): View {
  const view = new WatchView(api, connection, sessionId, onBack);
  void view.load();
  return view;
}

class WatchView implements View {
  private readonly title = h('h1', {}, '…');
  private readonly badge = h('span', { className: 'badge' });
  private readonly rec = h('span', { className: 'badge rec', hidden: true });
  private readonly overlay = h('div', { className: 'overlay' });
  private readonly status = h('p', { className: 'sr-only', role: 'status' });
  private readonly fault = h('p', { className: 'fault', role: 'alert' });
  /** What the club wants everybody to know before they are filmed. */
  private readonly note = h('p', { className: 'note', hidden: true });
  private readonly stage = h('div', { className: 'stage' });
  private readonly recordButton = h('button', { type: 'button', className: 'record', hidden: true });
  private readonly closeButton = h('button', { type: 'button', className: 'quiet', hidden: true }, t('close'));
  private readonly controls = h('div', { className: 'controls' });
  private readonly timer = setInterval(() => this.tick(), TICK_MS);
  private readonly court: CourtPlayer;
  private readonly lookback: Lookback;
  private session: Session | null = null;
  private stopping = false;
  private gaps: Stretch[] = [];
  /** So many gaps were asked for; where there are more, some were missed. */
  private gapsAsked = 0;
  readonly element: HTMLElement;

  constructor(
    private readonly api: Api,
    private readonly connection: LiveConnection,
    private readonly sessionId: string,
    private readonly onBack: () => void,
  ) {
    const { stage, overlay, badge, rec, recordButton, closeButton } = this;
    this.court = new CourtPlayer(stage, connection, sessionId, {
      onChange: () => this.tick(),
      onGap: (gap) => this.gaps.push(stretchOf(gap)),
    });
    this.lookback = new Lookback(stage, sessionId, {
      now: () => this.recordedUntil(),
      running: () => this.running,
      fps: () => this.session?.camera.fps ?? null,
      gaps: () => this.gaps,
      onChange: (looking) => this.look(looking),
      onFault: (text) => write(this.fault, text),
    });
    stage.append(h('div', { className: 'badges' }, badge, rec), overlay);
    this.controls.append(recordButton, this.lookback.element);
    recordButton.onclick = () => void this.toggleRecording();
    closeButton.onclick = () => void this.closeSession();
    const back = h('a', { href: '#/', className: 'back' }, `← ${t('back')}`);
    this.element = h(
      'section',
      { className: 'watch' },
      h('div', { className: 'title' }, back, this.title, closeButton),
      stage,
      this.fault,
      this.status,
      this.note,
      this.controls,
    );
    this.tick();
  }

  async load(): Promise<void> {
    try {
      const { session } = await this.api.get<{ session: Session }>(`/api/video/session/${this.sessionId}`);
      this.takeSession(session);
      write(this.title, (await this.api.get<Court>(`/api/terrains/${session.terrain_id}`)).name);
      write(this.note, (await this.api.get<Club>(`/api/clubs/${session.club_id}`)).consent_note ?? '');
    } catch (error) {
      // Whose session it is not is told where the picture would be.
      if ((error as ApiError).code !== 'not_found') write(this.fault, inWords(error as ApiError));
      write(this.title, '');
    }
    this.tick();
  }

  destroy(): void {
    clearInterval(this.timer);
    this.lookback.destroy();
    this.court.destroy();
  }

  private takeSession(session: Session): void {
    this.session = session;
    this.gaps = (session.recording?.gaps ?? []).map(stretchOf);
  }

  /** Gaps are told of once; one that came while there was no connection is asked for. */
  private async catchUpGaps(): Promise<void> {
    const told = this.court.view.recording?.gaps ?? 0;
    if (told <= this.gaps.length || told <= this.gapsAsked) return;
    this.gapsAsked = told;
    const { session } = await this.api.get<{ session: Session }>(`/api/video/session/${this.sessionId}`);
    this.takeSession(session);
  }

  /** The service's word over the connection is newer than what was loaded once. */
  private get recording(): RecordingState | Recording | null {
    return this.court.view.recording ?? this.session?.recording ?? null;
  }

  private get running(): boolean {
    return this.recording !== null && RUNNING.has(this.recording.status);
  }

  /** Seconds of the recording at which what is shown live lies; `null`: nothing is recorded. */
  private recordedUntil(): number | null {
    const { recording } = this;
    if (recording === null || recording.started_at === null) return null;
    if (!this.running) return recording.duration_seconds;
    const { phase, since } = this.court.view;
    // Without a connection nobody knows whether it goes on.
    const now = phase === 'offline' && since !== null ? since : this.connection.serverNow();
    const shown = Math.min(this.court.shownAt ?? now, now);
    return Math.max(0, (shown - new Date(recording.started_at).getTime()) / 1000);
  }

  private look(looking: boolean): void {
    this.stage.classList.toggle('looking', looking);
    if (looking) this.court.hold();
    else this.court.resume();
    this.tick();
  }

  private tick(): void {
    if (this.element === undefined) return;
    this.showState();
    this.showRecording();
    this.catchUpGaps().catch(() => (this.gapsAsked = 0));
    this.lookback.update();
  }

  private showState(): void {
    const { phase, since, way, problem, blocked } = this.court.view;
    const { badge } = this;
    const away = since === null ? '' : clock((this.connection.serverNow() - since) / 1000);
    write(this.status, t(phase));
    if (this.lookback.active) {
      badge.dataset.state = 'review';
      write(badge, `${t('review')} · ${this.lookback.label}`);
    } else {
      badge.dataset.state = phase;
      const latency = phase === 'live' ? this.court.latency.read() : null;
      const seconds = latency && t('behind', { seconds: decimal(latency.median / 1000, 2) });
      write(
        badge,
        [t(phase), seconds, phase === 'live' && way === 'pictures' && t('pictures')].filter(Boolean).join(' · '),
      );
      badge.title = latency ? t('behindTitle', { p95: decimal(latency.p95 / 1000, 2) }) : '';
    }
    const text = {
      connecting: problem ? inWords(problem) : t('connecting'),
      live: '',
      reconnecting: t('reconnectingSince', { time: away }),
      offline: t('offlineSince', { time: away }),
      ended: t('endedText'),
      failed: problem ? inWords(problem) : t('failed'),
    }[phase];
    this.stage.dataset.phase = phase;
    this.showOverlay(this.lookback.active && !this.lookback.waiting ? '' : text, blocked);
    this.controls.hidden = phase === 'failed' && this.recording === null;
  }

  private showOverlay(text: string, blocked: boolean): void {
    const { overlay } = this;
    const wanted = blocked ? 'blocked' : text;
    overlay.hidden = wanted === '';
    if (overlay.dataset.shown === wanted) return;
    overlay.dataset.shown = wanted;
    const play = h('button', { type: 'button', className: 'primary', onclick: () => this.court.play() }, t('blocked'));
    overlay.replaceChildren(blocked ? play : h('p', {}, text));
  }

  private showRecording(): void {
    const { recording, running, rec, recordButton, session } = this;
    const gaps = typeof recording?.gaps === 'number' ? recording.gaps : (recording?.gaps.length ?? 0);
    rec.hidden = recording === null;
    rec.dataset.state = running ? 'running' : (recording?.status ?? '');
    if (recording) {
      const text = { failed: t('recordingFailed'), ready: t('recorded'), finalizing: t('stopping') }[recording.status];
      const seconds = this.recordedUntil() ?? 0;
      const cuts = gaps > 0 ? ` · ${gaps === 1 ? t('oneGap') : t('gaps', { n: gaps })}` : '';
      write(rec, `${running ? t('recording') : (text ?? t('stopping'))} ${clock(seconds)}${cuts}`);
    }
    const { user } = this.api;
    const mayRun = session !== null && (session.user_id === user?.id || user?.role !== 'PLAYER');
    const over = ['ended', 'failed'].includes(this.court.view.phase);
    recordButton.hidden = !mayRun || over || (recording !== null && !running && !this.stopping);
    this.closeButton.hidden = !mayRun || over || running;
    // Before the match is filmed, and while it is: for whoever looks.
    this.note.hidden = this.note.textContent === '' || over || (recording !== null && !running);
    recordButton.disabled = this.stopping || this.court.view.phase === 'offline';
    recordButton.dataset.running = String(running || this.stopping);
    write(recordButton, this.stopping ? t('stopping') : running ? t('stop') : t('record'));
  }

  private async toggleRecording(): Promise<void> {
    const { recordButton, sessionId: session_id } = this;
    const stop = recordButton.dataset.running === 'true';
    recordButton.disabled = true;
    this.stopping = stop;
    await this.attempt(async () => {
      const answer = await this.api.post<{ recording: Recording }>(`/api/video/record/${stop ? 'stop' : 'start'}`, {
        session_id,
      });
      if (this.session) this.takeSession({ ...this.session, recording: answer.recording });
      // What looking back needs is fetched while nobody waits for it.
      if (!stop) void ReviewPlayer.prepare().catch(() => undefined);
    });
    this.stopping = false;
    recordButton.disabled = false;
    this.tick();
  }

  private async closeSession(): Promise<void> {
    await this.attempt(async () => {
      await this.api.post('/api/video/session/close', { session_id: this.sessionId });
      this.onBack();
    });
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    write(this.fault, '');
    this.tick();
    try {
      await action();
    } catch (error) {
      write(this.fault, inWords(error as ApiError));
    }
  }
}

function stretchOf({ start_seconds: start, end_seconds: end }: Gap): Stretch {
  return { start, end };
}
