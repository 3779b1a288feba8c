import { ReviewPlayer, reviewUrl } from '../live';
import { clock, h, icon, write } from './dom';
import { decimal, t } from './texts';

/** In seconds of the recording. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface LookbackHost {
  /** Seconds of the recording that are live now; `null`: nothing is recorded. */
  now(): number | null;
  /** It goes on being recorded. */
  running(): boolean;
  fps(): number | null;
  /** Stretches of the recording without a picture, in its seconds, as far as the service told of them. */
  gaps(): readonly Stretch[];
  onChange(looking: boolean): void;
  onFault(text: string): void;
}

const SPEEDS: readonly (readonly [speed: number, label: string, key: string])[] = [
  [0.25, '¼×', '4'],
  [0.5, '½×', '2'],
  [1, '1×', '1'],
];
/** The newest second or two may not be in the playlist yet. */
const NEWEST_SECONDS = 2;

/** Looking back into the recording: the buttons, the keys, and the player while one looks. */
export class Lookback {
  private readonly video = h('video', { className: 'review', hidden: true });
  private player: ReviewPlayer | null = null;
  private readonly slider = h('input', { type: 'range', min: '0', step: 'any', 'aria-label': t('position') });
  private readonly track = h('div', { className: 'track' }, this.slider);
  private readonly time = h('output', { className: 'time' });
  private readonly playButton = this.button(icon('play'), t('play'), 'Space', () => this.toggle());
  private readonly liveButton = this.button(t('toLive'), t('toLive'), 'l', () => this.toLive());
  private readonly speeds = SPEEDS.map(([speed, label, key]) =>
    this.button(label, `${t('speed')} ${label}`, key, () => this.setSpeed(speed)),
  );
  private readonly hint = h('p', { className: 'muted hint' });
  private readonly buttons = h('fieldset', {});
  readonly element: HTMLElement;

  constructor(
    stage: HTMLElement,
    private readonly sessionId: string,
    private readonly host: LookbackHost,
  ) {
    stage.append(this.video);
    this.slider.oninput = () => this.goTo(Number(this.slider.value), false);
    this.liveButton.className = 'to-live';
    this.buttons.append(
      h('div', { className: 'timeline' }, this.track, this.time),
      h(
        'div',
        { className: 'group' },
        this.button('−30', t('back30'), '', () => this.back(30)),
        this.button('−10', t('back10'), '', () => this.back(10)),
        this.button('−5', t('back5'), 'ArrowLeft', () => this.back(5)),
      ),
      h(
        'div',
        { className: 'group' },
        this.button(icon('previous'), t('previousFrame'), ',', () => this.step(-1)),
        this.playButton,
        this.button(icon('next'), t('nextFrame'), '.', () => this.step(1)),
      ),
      h('div', { className: 'group', role: 'group', 'aria-label': t('speed') }, ...this.speeds),
      this.liveButton,
    );
    this.element = h('div', { className: 'lookback' }, this.buttons, this.hint);
    document.addEventListener('keydown', this.keys);
  }

  get active(): boolean {
    return this.player !== null;
  }

  /** It plays and there is nothing to show. */
  get waiting(): boolean {
    return this.player !== null && !this.player.paused && this.video.readyState < 3;
  }

  /** What is shown, in words: how long ago it was and how fast it goes. */
  get label(): string {
    const { player } = this;
    if (!player) return '';
    const ago = Math.max(0, (this.host.now() ?? player.end) - player.position);
    const speed = SPEEDS.find(([value]) => value === player.speed)?.[1] ?? '';
    const time = ago < 60 ? `${decimal(ago, 1)} s` : clock(ago);
    const where = this.host.running() ? t('ago', { time }) : clock(player.position);
    return [where, player.paused ? t('pause') : speed].join(' · ');
  }

  update(): void {
    const { player, slider } = this;
    const now = this.host.now();
    this.buttons.disabled = (now === null || now < NEWEST_SECONDS + 0.5) && player === null;
    write(this.hint, this.buttons.disabled ? t('reviewHint') : t('keys'));
    this.hint.classList.toggle('keys', !this.buttons.disabled);
    const end = Math.max(now ?? 0, player?.end ?? 0);
    const position = player ? player.position : end;
    slider.max = String(end);
    if (!slider.matches(':active')) slider.value = String(position);
    slider.setAttribute('aria-valuetext', clock(position));
    this.track.style.setProperty('--gaps', gapGradient(player?.gaps ?? this.host.gaps(), end));
    write(this.time, `${clock(position)} / ${clock(end)}`);
    const playing = player !== null && !player.paused;
    const sign = playing ? 'pause' : 'play';
    if (this.playButton.ariaLabel !== t(sign)) this.playButton.replaceChildren(icon(sign));
    this.playButton.title = this.playButton.ariaLabel = t(sign);
    this.liveButton.disabled = player === null;
    this.speeds.forEach((button, i) => (button.ariaPressed = String(player?.speed === SPEEDS[i]?.[0])));
  }

  destroy(): void {
    document.removeEventListener('keydown', this.keys);
    this.player?.destroy();
    this.video.remove();
  }

  private readonly keys = (event: KeyboardEvent): void => {
    const { target, key } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || this.buttons.disabled) return;
    // Space presses the button that has the focus.
    if (key === ' ' && target instanceof HTMLButtonElement) return;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.back(5),
      ArrowRight: () => this.player?.seekBy(5),
      ',': () => this.step(-1),
      '.': () => this.step(1),
      ' ': () => this.toggle(),
      l: () => this.toLive(),
      ...Object.fromEntries(SPEEDS.map(([speed, , digit]) => [digit, () => this.setSpeed(speed)])),
    };
    const action = actions[key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  private back(seconds: number): void {
    if (this.player) this.player.seekBy(-seconds);
    else this.goTo((this.host.now() ?? 0) - seconds, true);
  }

  private toggle(): void {
    if (!this.player) this.goTo((this.host.now() ?? 0) - NEWEST_SECONDS, false);
    else if (this.player.paused) this.player.play();
    else this.player.pause();
  }

  private step(direction: 1 | -1): void {
    if (!this.player) return this.toggle();
    void this.player.step(direction);
  }

  private setSpeed(speed: number): void {
    if (!this.player) this.goTo((this.host.now() ?? 0) - 5, true);
    this.player?.play(speed);
  }

  private goTo(seconds: number, play: boolean): void {
    if (this.player) return this.player.seekTo(seconds);
    const now = this.host.now();
    if (now === null) return;
    const startAt = Math.min(Math.max(0, seconds), Math.max(0, now - NEWEST_SECONDS));
    this.host.onFault('');
    this.player = new ReviewPlayer(this.video, reviewUrl(this.sessionId), {
      ...{ startAt, play, fps: this.host.fps() },
      onChange: () => {
        // Until there is a picture of then, the one of now stays.
        if (this.video.readyState >= 2) this.video.hidden = false;
        this.update();
      },
      onFailed: () => {
        this.host.onFault(t('reviewFailed'));
        this.toLive();
      },
    });
    this.host.onChange(true);
  }

  private toLive(): void {
    if (!this.player) return;
    this.player.destroy();
    this.player = null;
    this.video.hidden = true;
    this.host.onChange(false);
  }

  private button(label: string | Node, title: string, key: string, onclick: () => void): HTMLButtonElement {
    const shortcut = key === '' ? {} : { 'aria-keyshortcuts': key };
    return h('button', { type: 'button', title, 'aria-label': title, ...shortcut, onclick }, label);
  }
}

/** Stripes where the recording has no picture. */
function gapGradient(gaps: readonly Stretch[], end: number): string {
  if (gaps.length === 0 || end <= 0) return 'none';
  const percent = (seconds: number): string => `${Math.min(100, (seconds / end) * 100).toFixed(2)}%`;
  const stops = gaps.flatMap(({ start, end: until }) => [
    `transparent ${percent(start)}`,
    `var(--gap) ${percent(start)} ${percent(until)}`,
    `transparent ${percent(until)}`,
  ]);
  return `linear-gradient(to right, transparent 0, ${stops.join(', ')}, transparent 100%)`;
}
