import { h265Codec } from '../h265/h265-config';
import { PROFILE_AT } from '../h265/hevc-configuration';

/** The decoder configuration in an init segment or `moov` we made: the body of its `avcC` or `hvcC`. */
export interface MovieConfiguration {
  readonly kind: 'h264' | 'h265';
  readonly record: Buffer;
}

/**
 * Finds the decoder configuration of an init segment or `moov` we made.
 * @throws RangeError where there is none
 */
export function movieConfiguration(movie: Buffer): MovieConfiguration {
  // The first of the two: behind it stand sample tables, in which four bytes may look like the other one.
  const [avcC, hvcC] = ['avcC', 'hvcC'].map((type) => movie.indexOf(type, 0, 'latin1')) as [number, number];
  const isH265 = avcC < 0 || (hvcC >= 0 && hvcC < avcC);
  const at = isH265 ? hvcC : avcC;
  if (at < 4 || at + 8 > movie.length) throw new RangeError('an init segment without a decoder configuration');
  return { kind: isH265 ? 'h265' : 'h264', record: movie.subarray(at + 4, at - 4 + movie.readUInt32BE(at - 4)) };
}

/**
 * RFC 6381 codec string of an init segment we made: of its `avcC` the first three bytes behind the version (ISO/IEC 14496-15
 * §5.3.3.1: profile, compatibility, level), of its `hvcC` the first twelve.
 * @throws RangeError where there is neither.
 */
export function codecOfInit(init: Buffer): string {
  const { kind, record } = movieConfiguration(init);
  return kind === 'h265' ? h265Codec(record.subarray(PROFILE_AT)) : `avc1.${record.toString('hex', 1, 4)}`;
}
