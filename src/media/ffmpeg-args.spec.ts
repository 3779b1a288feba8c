import { encoderArgs, encoderThreads, httpDemuxArgs, motionArgs, previewArgs, snapshotArgs } from './ffmpeg-args';

const QUIET = '-hide_banner -nostats -loglevel warning -protocol_whitelist pipe';
const marker = 'padelvar:i:s';

describe('FFmpeg command lines', () => {
  it.each(['mpegts', 'flv', 'mp4', 'matroska'] as const)('demuxes %s', (format) => {
    expect(httpDemuxArgs(format, marker).join(' ')).toBe(
      `${QUIET} -fpsprobesize 0 -analyzeduration 1000000 -dts_delta_threshold 1 -f ${format} -i pipe:0 -map 0:v:0 -c copy ` +
        `-metadata comment=${marker} -movflags frag_every_frame+empty_moov+default_base_moof -f mp4 -flush_packets 1 pipe:1`,
    );
  });

  it('encodes', () => {
    const options = { codec: 'libx264', preset: 'veryfast', crf: 23, width: 1280, height: 720, threads: 1, marker };
    expect(encoderArgs(options).join(' ')).toBe(
      `${QUIET} -threads 1 -probesize 32 -analyzeduration 0 -fpsprobesize 0 -f matroska -i pipe:0 -copyts -map 0:v:0 ` +
        '-filter_threads 1 -vf crop=trunc(iw/2)*2:trunc(ih/2)*2,' +
        'scale=1280:720:force_original_aspect_ratio=decrease:force_divisible_by=2:in_range=pc:out_range=tv:out_color_matrix=bt601,' +
        'format=yuv420p,pad=1280:720:-1:-1,setsar=1 -fps_mode passthrough -enc_time_base 1:90000 ' +
        '-c:v libx264 -preset veryfast -crf 23 -tune zerolatency -threads 1 -g 600 -sc_threshold 0 -forced-idr 1 ' +
        '-force_key_frames expr:isnan(prev_forced_t)+gte(t-prev_forced_t,2) ' +
        '-color_range tv -colorspace smpte170m -color_primaries bt709 -color_trc iec61966-2-1 ' +
        `-metadata comment=${marker} -video_track_timescale 90000 -avoid_negative_ts disabled -use_editlist 0 ` +
        '-movflags frag_every_frame+empty_moov+default_base_moof+frag_discont -f mp4 -flush_packets 1 pipe:1',
    );
  });

  it('makes a snapshot', () => {
    expect(snapshotArgs({ maxWidth: 640, quality: 4, marker }).join(' ')).toBe(
      `${QUIET} -threads 1 -nofind_stream_info -f mp4 -i pipe:0 -map 0:v:0 -frames:v 1 ` +
        "-filter_threads 1 -vf scale='min(640,iw)':-2:out_range=pc:out_color_matrix=bt601 " +
        `-threads 1 -c:v mjpeg -pix_fmt yuvj420p -q:v 4 -metadata comment=${marker} -f image2pipe pipe:1`,
    );
  });

  it.each([
    [640, 360, 60, ''],
    [1920, 1080, 30, '-skip_loop_filter nokey '],
    [1920, 1080, 60, '-skip_loop_filter nokey -skip_frame noref '],
  ])('previews %d×%d at %d a second', (width, height, fps, thrift) => {
    expect(previewArgs({ maxWidth: 640, fps: 5, quality: 6, source: { width, height, fps }, marker }).join(' ')).toBe(
      `${QUIET} -threads 1 -flags low_delay ${thrift}-nofind_stream_info -f mp4 -i pipe:0 ` +
        "-map 0:v:0 -filter_threads 1 -vf select='isnan(prev_selected_t)+gte(t-prev_selected_t,0.19)'," +
        "scale='min(640,iw)':-2:flags=fast_bilinear:out_range=pc:out_color_matrix=bt601 -fps_mode passthrough " +
        `-threads 1 -c:v mjpeg -pix_fmt yuvj420p -q:v 6 -metadata comment=${marker} -f mpjpeg -flush_packets 1 pipe:1`,
    );
  });

  it.each([
    ['mp4', 1920, '-skip_loop_filter all'],
    ['matroska', 1920, '-lowres 3'],
    ['matroska', 640, '-lowres 2'],
    ['matroska', 160, '-lowres 0'],
    ['matroska', 100, '-lowres 0'],
  ] as const)('looks for movement in %s %d pixels wide', (format, sourceWidth, thrift) => {
    expect(motionArgs({ format, sourceWidth, marker }).join(' ')).toBe(
      `${QUIET} -threads 1 -flags low_delay ${thrift} -nofind_stream_info -f ${format} -i pipe:0 -map 0:v:0 ` +
        '-filter_threads 1 -vf scale=160:90:flags=area,format=gray -fps_mode passthrough -threads 1 -c:v rawvideo ' +
        `-metadata comment=${marker} -f rawvideo -flush_packets 1 pipe:1`,
    );
  });

  it.each([
    ['veryfast', 1280 * 720 * 25, 8, 1],
    ['veryfast', 1920 * 1080 * 25, 8, 1],
    ['veryfast', 3840 * 2160 * 25, 8, 4],
    ['medium', 1920 * 1080 * 25, 8, 3],
    ['slow', 3840 * 2160 * 25, 2, 2],
  ])('%s at %d pixels a second on %d cores: %d threads', (preset, rate, cores, expected) => {
    expect(encoderThreads(preset, rate, cores)).toBe(expected);
  });
});
