import { LiveConnection, StreamEvent, Tile, TileWall } from '../live';
import { Api, ApiError, Court, Session } from './api';
import { clock, h, View, write } from './dom';
import { inWords, t } from './texts';

const REFRESH_MS = 8_000;

/** All courts one may see, each with its live picture while a session is open. */
export function courtsView(api: Api, connection: LiveConnection, onWatch: (sessionId: string) => void): View {
  const wall = new TileWall(connection);
  const cards = new Map<number, CourtCard>();
  const grid = h('div', { className: 'grid' });
  const note = h('p', { className: 'muted', role: 'status' }, t('loading'));
  const element = h('section', {}, h('h1', {}, t('courts')), note, grid);
  let ended = false;

  const refresh = async (): Promise<void> => {
    try {
      const [courts, { sessions }] = await Promise.all([
        courtsOf(api),
        api.get<{ sessions: Session[] }>('/api/video/session/list?open=true&limit=100'),
      ]);
      if (ended) return;
      for (const court of courts) {
        let card = cards.get(court.id);
        if (!card) {
          card = new CourtCard(court, api, wall, connection, onWatch);
          cards.set(court.id, card);
          grid.append(card.element);
        }
        card.update(sessions.find(({ terrain_id }) => terrain_id === court.id) ?? null);
      }
      write(note, courts.length === 0 ? t('noCourts') : '');
    } catch (error) {
      if (!ended) write(note, inWords(error as ApiError));
    }
  };
  const look = (): void => void (document.hidden || refresh());
  const timer = setInterval(look, REFRESH_MS);
  document.addEventListener('visibilitychange', look);
  void refresh();
  return {
    element,
    destroy: () => {
      ended = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      for (const card of cards.values()) card.destroy();
    },
  };
}

async function courtsOf(api: Api): Promise<Court[]> {
  const { user } = api;
  const clubs =
    user?.role === 'SUPER_ADMIN'
      ? (await api.get<{ clubs: { id: number }[] }>('/api/clubs?limit=100')).clubs.map(({ id }) => id)
      : (user?.memberships ?? []).map(({ club_id }) => club_id);
  const lists = clubs.map((id) => api.get<{ terrains: Court[] }>(`/api/clubs/${id}/terrains?limit=100`));
  return (await Promise.all(lists)).flatMap(({ terrains }) => terrains);
}

class CourtCard {
  private readonly canvas = h('canvas', { width: 16, height: 9, className: 'empty' });
  private readonly badge = h('span', { className: 'badge' });
  private readonly record = h('span', { className: 'badge rec', hidden: true });
  private readonly button = h('button', { type: 'button', onclick: () => this.act() });
  private readonly fault = h('p', { className: 'fault', role: 'alert' });
  readonly element: HTMLElement;
  private session: Session | null = null;
  private tile: Tile | null = null;
  private recordingSince: number | null = null;
  private readonly timer = setInterval(() => this.tick(), 1_000);

  constructor(
    private readonly court: Court,
    private readonly api: Api,
    private readonly wall: TileWall,
    private readonly connection: LiveConnection,
    private readonly onWatch: (sessionId: string) => void,
  ) {
    const { canvas, badge, record, button, fault } = this;
    const picture = h('div', { className: 'tile' }, canvas, h('div', { className: 'badges' }, badge, record));
    this.element = h('article', { className: 'card court' }, picture, h('h2', {}, court.name), fault, button);
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', court.name);
    this.update(null);
  }

  update(session: Session | null): void {
    const changed = session?.session_id !== this.session?.session_id;
    this.session = session;
    if (changed) {
      this.tile?.remove();
      this.tile = null;
      this.canvas.className = 'empty';
      this.recordingSince = null;
      if (session) this.show(session);
    }
    if (!session) this.say('free', t('free'));
    if (this.button.disabled) return;
    write(this.button, session ? t('watch') : t('open'));
    this.button.className = session ? 'primary' : '';
    this.tick();
  }

  destroy(): void {
    clearInterval(this.timer);
    this.tile?.remove();
  }

  private show(session: Session): void {
    this.say('connecting', t('connecting'));
    this.tile = this.wall.add(this.canvas, session.session_id, {
      onPicture: () => (this.canvas.className = ''),
      onEvent: (event) => this.hear(event),
    });
  }

  private hear(event: Exclude<StreamEvent, { type: 'media' }>): void {
    if (event.type === 'state') {
      this.say(event.state, t(event.state));
      const { recording } = event;
      const running = recording?.status === 'recording' || recording?.status === 'reconnecting';
      this.recordingSince = running && recording.started_at !== null ? new Date(recording.started_at).getTime() : null;
      this.tick();
    } else if (event.type === 'disconnected') this.say('offline', t('offline'));
    else if (event.type === 'error') this.say('failed', inWords(event));
    else if (event.type === 'ended') this.update(null);
  }

  private say(state: string, text: string): void {
    this.badge.dataset.state = state;
    write(this.badge, text);
  }

  private tick(): void {
    this.record.hidden = this.recordingSince === null;
    if (this.recordingSince === null) return;
    write(this.record, clock((this.connection.serverNow() - this.recordingSince) / 1000));
  }

  private async act(): Promise<void> {
    if (this.session) return this.onWatch(this.session.session_id);
    const { button, fault } = this;
    button.disabled = true;
    write(button, t('opening'));
    write(fault, '');
    try {
      const body = { terrain_id: this.court.id };
      const { session } = await this.api.post<{ session: Session }>('/api/video/session/create', body);
      this.onWatch(session.session_id);
    } catch (error) {
      const { sessionId } = error as ApiError;
      if (sessionId) return this.onWatch(sessionId);
      write(fault, inWords(error as ApiError));
    } finally {
      button.disabled = false;
      this.update(this.session);
    }
  }
}
