import { parseAv1Configuration } from '../../media/av1/av1-configuration';
import { movieConfiguration } from '../../media/fmp4/codec-of-init';
import { parseAvcDecoderConfigurationRecord } from '../../media/h264/avc-configuration';
import { parseH264Config } from '../../media/h264/h264-config';
import { parseH265Config } from '../../media/h265/h265-config';
import { parseHevcConfiguration } from '../../media/h265/hevc-configuration';

/** Pictures a second as the parameter sets or the sequence header have it, 0 where they do not say. */
export function statedRate(movie: Buffer): number {
  const { kind, record } = movieConfiguration(movie);
  if (kind === 'av1') return parseAv1Configuration(record).nominalFps ?? 0;
  if (kind === 'h265') return parseH265Config(parseHevcConfiguration(record)).nominalFps ?? 0;
  const { sps, pps } = parseAvcDecoderConfigurationRecord(record);
  return parseH264Config(sps, pps).nominalFps ?? 0;
}
