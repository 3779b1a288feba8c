import { av1Codec } from '../av1/av1-configuration';
import { h265Codec } from '../h265/h265-config';
import { PROFILE_AT } from '../h265/hevc-configuration';

/** The decoder configuration in an init segment or `moov` of ours: the body of its `avcC`, `hvcC` or `av1C`. */
export interface MovieConfiguration {
  readonly kind: 'h264' | 'h265' | 'av1';
  readonly record: Buffer;
}

const BOXES = [
  { kind: 'h264', type: 'avcC' },
  { kind: 'h265', type: 'hvcC' },
  { kind: 'av1', type: 'av1C' },
] as const;

/**
 * Finds the decoder configuration of an init segment or `moov` of ours.
 * @throws RangeError where there is none
 */
export function movieConfiguration(movie: Buffer): MovieConfiguration {
  // The first of them: behind it stand sample tables, in which four bytes may look like another one.
  const places = BOXES.map(({ kind, type }) => ({ kind, at: movie.indexOf(type, 0, 'latin1') }));
  const [found] = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  if (!found || found.at < 4 || found.at + 8 > movie.length)
    throw new RangeError('an init segment without a decoder configuration');
  const { kind, at } = found;
  return { kind, record: movie.subarray(at + 4, at - 4 + movie.readUInt32BE(at - 4)) };
}

/**
 * RFC 6381 codec string of an init segment or `moov` of ours: of its `avcC` the first three bytes behind the version (ISO/IEC
 * 14496-15 §5.3.3.1: profile, compatibility, level), of its `hvcC` the first twelve, of its `av1C` what {@link av1Codec} says.
 * @throws RangeError where there is none of them.
 */
export function codecOfInit(init: Buffer): string {
  const { kind, record } = movieConfiguration(init);
  if (kind === 'av1') return av1Codec(record);
  return kind === 'h265' ? h265Codec(record.subarray(PROFILE_AT)) : `avc1.${record.toString('hex', 1, 4)}`;
}
