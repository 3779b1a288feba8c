import { Turns } from '../../common/turns';
import { DecodedFrames } from '../../media/decode-check';
import { Disk } from '../../storage/disk';
import { Gate } from './gate';
import { WrittenPart } from './journal-writer';
import { Stretch, firstGroup } from './part-frames';

/** Hears what became of a {@link StartCheck}. */
export interface StartCheckEvents {
  /** The decoder complains of the camera's own pictures. */
  onComplaint(complaint: string): void;
  onError(error: unknown): void;
}

/**
 * The part of the gate that needs not wait for the end: a recording's first group of pictures never changes any more, so it
 * is decoded as soon as it is on disk, one recording at a time and at low priority. When the match stops, only its last group
 * is left to decode, and a camera that sends rubbish shows at the beginning of a match, not at its end.
 */
export class StartCheck {
  private begun = false;
  private over = false;
  private decoded: DecodedFrames | null = null;
  private letGo: (() => void) | null = null;

  constructor(
    private readonly disk: Disk,
    private readonly gate: Gate,
    private readonly turns: Turns,
    private readonly events: StartCheckEvents,
  ) {}

  /** To be called after every fragment; does its work once. */
  consider(part: WrittenPart | undefined): void {
    if (this.begun || !part) return;
    this.letGo ??= this.gate.hold();
    const group = firstGroup(part.index);
    if (group === null) return;
    this.begun = true;
    void this.turns.take(() => this.decode(part, group)).catch((error: unknown) => this.events.onError(error));
  }

  /** The recording has its file, or will have none now. */
  close(): void {
    this.end();
    this.letGo?.();
    this.letGo = null;
  }

  /** Ends it. @returns what is known by now; `null` where the whole is left to the gate */
  end(): DecodedFrames | null {
    this.begun = this.over = true;
    return this.decoded;
  }

  private async decode({ info, index }: WrittenPart, group: Stretch): Promise<void> {
    if (this.over) return;
    const file = await this.disk.open(info.path, 'read');
    try {
      const decoded = await this.gate.decodeStart({ file, rebuilt: { init: info.init, index } }, group);
      if (this.over) return;
      this.decoded = decoded;
      if (decoded.complaint) this.events.onComplaint(decoded.complaint);
    } finally {
      await file.close();
    }
  }
}
