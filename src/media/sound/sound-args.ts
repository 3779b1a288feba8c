export interface SoundEncoderArgsOptions {
  /** What comes: G.711 of either law, one channel. */
  readonly kind: 'alaw' | 'mulaw';
  /** Of what comes, and of what goes out, samples a second. */
  readonly rate: number;
  readonly outRate: number;
  readonly marker: string;
}

/**
 * G.711 on stdin → AAC-LC in ADTS on stdout, each frame as soon as it is there. Raw samples have no header to look for, so
 * FFmpeg takes no first look at them.
 */
export function soundEncoderArgs({ kind, rate, outRate, marker }: SoundEncoderArgsOptions): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning', '-protocol_whitelist', 'pipe'],
    ...['-probesize', '32', '-analyzeduration', '0'],
    ...['-f', kind, '-ar', `${rate}`, '-ac', '1', '-i', 'pipe:0', '-map', '0:a:0', '-threads', '1'],
    ...['-c:a', 'aac', '-profile:a', 'aac_low', '-b:a', '32k', '-ar', `${outRate}`, '-ac', '1'],
    ...['-metadata', `comment=${marker}`, '-f', 'adts', '-flush_packets', '1', 'pipe:1'],
  ];
}
