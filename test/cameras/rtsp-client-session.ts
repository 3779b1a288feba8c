import { randomInt } from 'node:crypto';
import { Clip } from './clips';
import { PlayedFrame } from './playback';
import { patchTemplate, pictureTemplate, PictureTemplate, senderReport } from './rtp-packets';
import { RtspBehaviour } from './rtsp-behaviour';
import { MAX_BACKLOG, Wire } from './wire';

/** What the sender needs from its camera. */
export interface SenderContext {
  readonly behaviour: Readonly<RtspBehaviour>;
  readonly ssrc: number;
  /** Parameter sets to send before a keyframe of this clip. */
  bandSets(clip: Clip): readonly Buffer[];
  /** RTP time stamp of camera ticks. */
  rtpTime(ticks: number): number;
  /** The camera's wall clock when it took a picture, epoch milliseconds. */
  wallAt(frame: PlayedFrame): number;
  overrun(wireId: number): void;
}

/** Sends one client its pictures: packets, losses, sender reports. */
export class RtspSender {
  playing = false;
  waitingForKeyframe = false;
  channel = 0;
  sequence: number;
  private counter = 0;
  private loseNext = 0;
  private packets = 0;
  private bytes = 0;
  private reportAt: number | null = null;

  constructor(
    private readonly wire: Wire,
    private readonly camera: SenderContext,
  ) {
    this.sequence = camera.behaviour.sequenceStart ?? randomInt(0x10000);
  }

  /** The next packets of this number are lost. */
  lose(packets: number): void {
    this.loseNext += packets;
  }

  /** @returns whether the picture was for this client */
  push(frame: PlayedFrame): boolean {
    const { behaviour } = this.camera;
    if (!this.playing || this.wire.closed || behaviour.silentAfterPlay) return false;
    if (this.wire.backlog > MAX_BACKLOG && !this.waitingForKeyframe) {
      this.waitingForKeyframe = true;
      this.camera.overrun(this.wire.id);
    }
    if (this.waitingForKeyframe && (!frame.keyframe || this.wire.backlog > MAX_BACKLOG)) return false;
    this.waitingForKeyframe = false;
    const timestamp = this.camera.rtpTime(frame.pts);
    const template = pictureTemplate(frame.clip, frame.index, {
      maxPayload: behaviour.maxPayload,
      stapA: behaviour.stapA,
      parameterSets: this.camera.bandSets(frame.clip),
      jpeg: { tables: behaviour.jpegTables, sizeless: behaviour.jpegSize !== 'packets' },
    });
    const client = { channel: this.channel, sequence: this.sequence, ssrc: this.camera.ssrc };
    this.sequence = patchTemplate(template, client, timestamp);
    if (behaviour.reportPlace === 'before') this.report(frame, timestamp);
    this.packets += template.offsets.length;
    this.bytes += template.buffer.length - template.offsets.length * 16;
    if (behaviour.loseEvery > 0 || this.loseNext > 0) this.wire.send(this.withLosses(template));
    else if (!this.wire.send(template.buffer)) template.buffer = Buffer.from(template.buffer);
    if (behaviour.reportPlace === 'behind') this.report(frame, timestamp);
    return true;
  }

  private report(frame: PlayedFrame, timestamp: number): void {
    const { senderReportMs, firstReportMs } = this.camera.behaviour;
    this.reportAt ??= frame.dueAt + firstReportMs;
    if (senderReportMs === 0 || frame.dueAt < this.reportAt) return;
    this.reportAt = frame.dueAt + senderReportMs;
    const sent = { packets: this.packets, bytes: this.bytes };
    this.wire.send(senderReport(this.channel + 1, this.camera.ssrc, this.camera.wallAt(frame), timestamp, sent));
  }

  private withLosses(template: PictureTemplate): Buffer {
    const { buffer, offsets } = template;
    const kept = offsets.flatMap((offset, i) => {
      this.counter++;
      const { loseEvery } = this.camera.behaviour;
      const lost = this.loseNext > 0 || (loseEvery > 0 && this.counter % loseEvery === 0);
      if (this.loseNext > 0) this.loseNext--;
      return lost ? [] : [buffer.subarray(offset, offsets[i + 1] ?? buffer.length)];
    });
    return Buffer.concat(kept);
  }
}
