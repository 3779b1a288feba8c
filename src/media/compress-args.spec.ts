import { alikeArgs, av1Crf, compressArgs, LEAST_CRF, MOST_CRF } from './compress-args';

const BEFORE =
  '-hide_banner -nostats -loglevel warning -y -progress pipe:1 -protocol_whitelist file -threads 1 -f mp4 -i file:/a.mp4 ' +
  '-map 0:v:0 -filter_threads 1 -fps_mode passthrough -enc_time_base 1:90000 -map_metadata -1 -map_chapters -1 -pix_fmt yuv420p ';
const AFTER =
  ' -force_key_frames expr:isnan(prev_forced_t)+gte(t-prev_forced_t,1.9) -forced-idr 1 -metadata comment=padelvar:i:s ' +
  '-video_track_timescale 90000 -f mp4 file:/b.mp4';

describe('FFmpeg command lines of compression', () => {
  it.each([
    ['h264', '-c:v libx264 -preset veryfast -crf 25 -threads 1 -g 600'],
    [
      'h265',
      '-c:v libx265 -preset veryfast -crf 25 -x265-params log-level=error:pools=none:frame-threads=1:open-gop=0:keyint=600 -tag:v hvc1',
    ],
  ] as const)('code %s', (codec, coder) => {
    const args = compressArgs({ codec, crf: 25, from: '/a.mp4', to: '/b.mp4', marker: 'padelvar:i:s' });
    expect(args.join(' ')).toBe(BEFORE + coder + AFTER);
  });

  it('code av1, whose encoder has no word for IDR, on its own scale', () => {
    const args = compressArgs({ codec: 'av1', crf: 28, from: '/a.mp4', to: '/b.mp4', marker: 'padelvar:i:s' });
    const coder = '-c:v libsvtav1 -preset 10 -crf 35 -svtav1-params lp=1:enable-force-key-frames=1 -g 600';
    expect(args.join(' ')).toBe(BEFORE + coder + AFTER.replace(' -forced-idr 1', ''));
    expect([LEAST_CRF, 19, 24, MOST_CRF].map(av1Crf)).toEqual([22, 23, 30, 42]);
  });

  it('compare', () => {
    const input = (path: string): string => `-protocol_whitelist file -threads 1 -ss 12.500 -f mp4 -i file:${path}`;
    expect(alikeArgs('/a.mp4', '/b.mp4', 12.5, 'padelvar:i:s').join(' ')).toBe(
      `-v error -nostdin -hide_banner ${input('/a.mp4')} ${input('/b.mp4')} -filter_complex_threads 1 ` +
        '-filter_complex [0:v:0]trim=end_frame=5[a];[1:v:0]trim=end_frame=5[b];[a][b]ssim=stats_file=-[out] -map [out] ' +
        '-metadata comment=padelvar:i:s -f null /dev/null',
    );
  });
});
