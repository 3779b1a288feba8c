import { mediaType } from './append-queue';
import { JpegPlayer } from './jpeg-player';
import { LatencyMeter } from './latency-meter';
import type { LiveConnection, StreamEvent } from './live-connection';
import { canPlayFragments, mediaSourceOf, playsHlsItself } from './media-source';
import { MsePlayer } from './mse-player';
import { OwnHls } from './own-hls';
import type {
  AutoStopMessage,
  GapMessage,
  MarkerMessage,
  Problem,
  RecordingState,
  StateMessage,
  StreamKind,
  StreamMode,
} from './protocol';
import { reviewUrl } from './review-player';

export type CourtPhase =
  /** Nothing is shown yet. */
  | 'connecting'
  | 'live'
  /** The service waits for the camera. */
  | 'reconnecting'
  /** We wait for the service. */
  | 'offline'
  /** The session is over, or the right to see it. */
  | 'ended'
  /** The service said no; `problem` says why. */
  | 'failed';

/** How the pictures come: fragments into a media source, the browser's own HLS, or JPEGs. */
export type CourtWay = 'fragments' | 'playlist' | 'pictures';

export interface CourtView {
  readonly phase: CourtPhase;
  /** Epoch milliseconds of the service's clock at which the phase began, where that is known. */
  readonly since: number | null;
  readonly way: CourtWay;
  readonly recording: RecordingState | null;
  readonly problem: Problem | null;
  /** The browser plays only after a touch: show a button that calls {@link CourtPlayer.play}. */
  readonly blocked: boolean;
  /** This browser does not play what the camera sends (H.265); single pictures are shown instead. */
  readonly unplayable: boolean;
}

export interface CourtPlayerOptions {
  readonly onChange: () => void;
  readonly onGap?: (gap: GapMessage) => void;
  /** A marker of the match was made, changed or taken away. */
  readonly onMarker?: (marker: MarkerMessage) => void;
  /** It was said, or taken back, that the recording stops by itself. */
  readonly onAutoStop?: (message: AutoStopMessage) => void;
  /** It is being told what happens from now on: what happened before, while it was not, has to be asked for. */
  readonly onSubscribed?: () => void;
}

const MODES: Readonly<Record<CourtWay, StreamMode>> = { fragments: 'video', pictures: 'pictures', playlist: 'tile' };
/** A page that nobody sees for so long gives its place back. */
const HIDDEN_MS = 5_000;
/** A media source that fails so often in a row is not tried again: JPEGs are better than nothing. */
const MAX_FAILURES = 3;

/** Browsers begin to play HLS some segments before its end. */
const PLAYLIST_SECONDS = 8;
const PLAYLIST_AGAIN_MS = 10_000;

/**
 * The best way this browser has. Its own HLS lies seconds behind and exists only while the court is recorded.
 * @param recordedSeconds how long the recording under way is; `null`: there is none
 */
export function chooseWay(able: { fragments: boolean; playlist: boolean }, recordedSeconds: number | null): CourtWay {
  if (able.fragments) return 'fragments';
  return able.playlist && recordedSeconds !== null && recordedSeconds >= PLAYLIST_SECONDS ? 'playlist' : 'pictures';
}

/** One court, live, in the best way the browser has; goes on by itself after whatever happens to camera, network or service. */
export class CourtPlayer {
  /** The picture is on one of these two; the other is hidden. */
  readonly video = document.createElement('video');
  readonly canvas = document.createElement('canvas');
  readonly latency = new LatencyMeter();
  private readonly able = { fragments: mediaSourceOf() !== null, playlist: playsHlsItself(this.video) };
  private readonly ownHls = new OwnHls(this.video, {
    shown: (at) => this.shown(at),
    failed: () => this.playlistFailed(),
  });
  private way = chooseWay(this.able, null);
  private failures = 0;
  private playlistFailures = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private mse: MsePlayer | null = null;
  private jpeg: JpegPlayer | null = null;
  private stop: (() => void) | null = null;
  private state: StateMessage | null = null;
  private outcome: 'ended' | 'failed' | null = null;
  private problem: Problem | null = null;
  private lostAt: number | null = null;
  private seen = false;
  private blocked = false;
  private unplayable = false;
  private held = false;
  private leader: CourtPlayer | null = null;
  private follower: CourtPlayer | null = null;
  private hiding: ReturnType<typeof setTimeout> | undefined;

  constructor(
    container: HTMLElement,
    private readonly connection: LiveConnection,
    private readonly sessionId: string,
    private readonly options: CourtPlayerOptions,
  ) {
    Object.assign(this.video, { muted: true, playsInline: true, hidden: true });
    this.canvas.hidden = true;
    container.append(this.video, this.canvas);
    document.addEventListener('visibilitychange', this.visibility);
    this.subscribe();
  }

  get view(): CourtView {
    const { way, problem, blocked, unplayable } = this;
    const since = this.lostAt ?? this.state?.since ?? null;
    return { phase: this.phase(), since, way, recording: this.state?.recording ?? null, problem, blocked, unplayable };
  }

  /** Milliseconds since 1970 at which what is shown reached the service; `null` where nothing is measured. */
  get shownAt(): number | null {
    const latency = this.latency.read();
    return latency && this.connection.serverNow() - latency.median;
  }

  /**
   * Shows what another camera of the match shows, at the same moment; `null`: it goes by itself. Where one of them sends
   * single pictures, both show the newest.
   */
  follow(leader: CourtPlayer | null): void {
    if (this.leader?.follower === this) this.leader.follower = null;
    this.leader = leader;
    if (leader !== null) leader.follower = this;
  }

  /** Stands still, e.g. while the recording is reviewed; states go on coming. */
  hold(): void {
    this.held = true;
    this.mse?.hold();
    if (this.way === 'playlist') this.ownHls.leave();
  }

  resume(): void {
    this.held = false;
    this.latency.clear();
    this.mse?.resume();
    if (this.way === 'playlist') this.playPlaylist();
  }

  /** After a touch, where the view says `blocked`. */
  play(): void {
    this.blocked = false;
    if (this.mse) this.mse.play();
    else this.video.play().catch(() => (this.blocked = true));
    this.options.onChange();
  }

  destroy(): void {
    this.follow(null);
    this.follower?.follow(null);
    document.removeEventListener('visibilitychange', this.visibility);
    clearTimeout(this.hiding);
    clearTimeout(this.later);
    this.unsubscribe();
    this.dismantle();
    this.video.remove();
    this.canvas.remove();
  }

  private readonly visibility = (): void => {
    clearTimeout(this.hiding);
    if (document.hidden) this.hiding = setTimeout(() => this.unsubscribe(), HIDDEN_MS);
    else if (this.stop === null && this.outcome === null) this.subscribe();
  };

  private subscribe(): void {
    this.seen = false;
    this.latency.clear();
    // Most courts send fragments; what they need is made ready while the service is asked.
    if (this.way === 'fragments' && this.jpeg === null) this.mse ??= this.makeMse();
    this.stop = this.connection.subscribe(this.sessionId, MODES[this.way], (event) => this.hear(event));
  }

  private unsubscribe(): void {
    this.stop?.();
    this.stop = null;
  }

  private hear(event: StreamEvent): void {
    switch (event.type) {
      case 'media':
        return this.take(event.media);
      case 'subscribed':
        this.lostAt = null;
        this.problem = null;
        this.seen = false;
        this.prepare(event.kind);
        this.options.onSubscribed?.();
        break;
      case 'init':
        this.meet(event.codec, event.fps);
        break;
      case 'state':
        this.hope(event);
        this.state = event;
        this.reconsider();
        break;
      case 'gap':
        this.options.onGap?.(event);
        break;
      case 'marker':
        this.options.onMarker?.(event);
        break;
      case 'auto_stop':
        this.options.onAutoStop?.(event);
        break;
      case 'disconnected':
        this.lostAt ??= this.connection.serverNow();
        break;
      case 'ended':
        this.finish('ended');
        break;
      case 'error':
        this.problem = event;
        // It has answered.
        this.lostAt = null;
        if (!event.passing) this.finish('failed');
        break;
      case 'skipped':
        break;
    }
    this.options.onChange();
  }

  /** Nothing is gained by trying a codec again that this browser does not know. */
  private meet(codec: string, fps: number | null): void {
    if (canPlayFragments(mediaType(codec))) return this.mse?.setFormat(codec, fps);
    this.unplayable = true;
    this.able.fragments = false;
    queueMicrotask(() => this.again());
  }

  /** A camera that was away may have come back with another format, and JPEGs do not say which it has: it is tried again. */
  private hope({ state }: StateMessage): void {
    if (!this.unplayable || state !== 'live' || this.state?.state !== 'reconnecting') return;
    this.unplayable = false;
    this.able.fragments = this.failures < MAX_FAILURES && mediaSourceOf() !== null;
  }

  private take({ kind, data, keyframe, at }: Extract<StreamEvent, { type: 'media' }>['media']): void {
    if (kind === 'init') this.mse?.init(data);
    else if (kind === 'fragment') this.mse?.media(data, keyframe, at);
    else if (this.way !== 'playlist') this.jpeg?.show(data, at);
  }

  /** For what comes: fragments or JPEGs. A stream may change from one to the other. */
  private prepare(kind: StreamKind): void {
    if (this.way === 'playlist') return this.playPlaylist();
    if (kind !== 'jpeg' && this.mse) return this.mse.restart();
    this.dismantle();
    if (kind === 'jpeg') this.jpeg = new JpegPlayer(this.canvas, (at) => this.shown(at));
    else this.mse = this.makeMse();
    this.video.hidden = kind === 'jpeg';
    this.canvas.hidden = kind !== 'jpeg';
  }

  private makeMse(): MsePlayer {
    const events = {
      onPicture: (at: number) => this.shown(at),
      onFailed: () => this.recover(),
      onBlocked: () => this.block(),
    };
    const beside = { leader: () => this.leader?.mse?.pace ?? null, slower: () => this.follower?.mse?.edge ?? null };
    const player = new MsePlayer(this.video, events, beside);
    if (this.held) player.hold();
    this.video.hidden = false;
    this.canvas.hidden = true;
    return player;
  }

  private shown(arrivedAt: number): void {
    this.latency.add(this.connection.serverNow() - arrivedAt);
    if (this.seen) return;
    this.seen = true;
    this.failures = 0;
    this.options.onChange();
  }

  private recover(): void {
    this.failures++;
    if (this.failures >= MAX_FAILURES) this.able.fragments = false;
    // Not from within the player's own event.
    queueMicrotask(() => this.again());
  }

  private again(): void {
    if (this.stop === null) return;
    this.unsubscribe();
    this.dismantle();
    this.way = this.bestWay();
    this.subscribe();
    this.options.onChange();
  }

  private bestWay(): CourtWay {
    return chooseWay(this.able, this.recordedSeconds());
  }

  private recordedSeconds(): number | null {
    const recording = this.state?.recording;
    if (recording?.status !== 'recording' || recording.started_at === null) return null;
    return (this.connection.serverNow() - new Date(recording.started_at).getTime()) / 1000;
  }

  private reconsider(): void {
    clearTimeout(this.later);
    if (this.outcome !== null) return;
    if (this.bestWay() !== this.way) return queueMicrotask(() => this.again());
    const recorded = this.recordedSeconds();
    // States come when they change; a recording that grows is no change.
    if (this.way !== 'pictures' || recorded === null || !this.able.playlist) return;
    this.later = setTimeout(() => this.reconsider(), (PLAYLIST_SECONDS - recorded) * 1000 + 100);
  }

  private playPlaylist(): void {
    this.dismantle();
    this.video.hidden = false;
    this.canvas.hidden = true;
    if (this.held) return;
    this.ownHls.attach(reviewUrl(this.sessionId));
    this.play();
  }

  private playlistFailed(): void {
    this.able.playlist = false;
    this.again();
    this.playlistFailures++;
    if (this.playlistFailures >= MAX_FAILURES) return;
    this.later = setTimeout(() => {
      this.able.playlist = true;
      this.reconsider();
    }, PLAYLIST_AGAIN_MS);
  }

  private block(): void {
    this.blocked = true;
    this.options.onChange();
  }

  private finish(outcome: 'ended' | 'failed'): void {
    this.outcome = outcome;
    this.stop = null;
    this.dismantle();
  }

  private dismantle(): void {
    this.mse?.destroy();
    this.jpeg?.destroy();
    this.mse = null;
    this.jpeg = null;
    this.blocked = false;
    if (this.ownHls.plays) this.ownHls.leave();
  }

  private phase(): CourtPhase {
    if (this.outcome !== null) return this.outcome;
    if (this.lostAt !== null) return 'offline';
    if (this.state?.state === 'reconnecting') return 'reconnecting';
    return this.seen ? 'live' : 'connecting';
  }
}
