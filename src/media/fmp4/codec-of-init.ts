/**
 * RFC 6381 codec string of an init segment we made: the first three bytes of its `avcC` behind the version
 * (ISO/IEC 14496-15 §5.3.3.1: profile, compatibility, level).
 * @throws RangeError where there is no `avcC`.
 */
export function codecOfInit(init: Buffer): string {
  const at = init.indexOf('avcC', 0, 'latin1');
  if (at < 0 || at + 8 > init.length) throw new RangeError('an init segment without avcC');
  return `avc1.${init.toString('hex', at + 5, at + 8)}`;
}
