import { AacConfig, SoundFormat, SoundUnit } from '../../media/sound/sound-format';
import { FfmpegContext } from '../../media/process';
import { SoundFeed } from '../../proxy/sound-feed';
import { Journal } from './journal';
import { G711_AAC, SoundEncoder } from './sound-encoder';

export interface SoundRecorderOptions {
  readonly feed: Pick<SoundFeed, 'subscribe'>;
  readonly journal: Pick<Journal, 'hasSound' | 'appendSound'>;
  readonly ffmpeg: FfmpegContext;
  readonly session: string;
  readonly onRestart: (pauseMs: number) => void;
}

/** What sound of a camera becomes in a file: AAC stays what it is. */
export function recordedSound(format: SoundFormat): AacConfig {
  return format.kind === 'aac' ? format : G711_AAC;
}

/** Brings a court's sound onto its recording's journal, through an encoder where the camera sends G.711. */
export class SoundRecorder {
  private readonly unsubscribe: () => void;
  private encoder: SoundEncoder | null = null;
  private encoded: SoundFormat | null = null;

  constructor(private readonly options: SoundRecorderOptions) {
    this.unsubscribe = options.feed.subscribe((unit, format) => this.take(unit, format));
  }

  /** Nothing more is taken; what the encoder holds is on the journal when this settles. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.encoder?.stop();
  }

  private take(unit: SoundUnit, format: SoundFormat): void {
    const { journal, ffmpeg, session, onRestart } = this.options;
    if (!journal.hasSound) return;
    if (format.kind === 'aac') return journal.appendSound(unit, format);
    if (!this.encoder) {
      this.encoded = format;
      const onFrame = (frame: SoundUnit): void => journal.appendSound(frame, G711_AAC);
      this.encoder = new SoundEncoder({ ffmpeg, session, format, onFrame, onRestart });
    }
    // A camera that changed its law in mid-match would be heard as noise.
    const { encoded } = this;
    if (encoded?.kind === format.kind && encoded.rate === format.rate) this.encoder.take(unit);
  }
}
