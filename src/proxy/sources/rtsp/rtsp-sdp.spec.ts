import { findVideoTrack, resolveControl } from './rtsp-sdp';

const BASE = 'rtsp://10.0.0.5/live/';
const sdp = (...lines: string[]): string =>
  ['v=0', 'o=- 0 0 IN IP4 0.0.0.0', 's=x', 't=0 0', ...lines, ''].join('\r\n');
const H264 = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=control:trackID=1'];

describe('findVideoTrack', () => {
  it('takes H.264 among sound, other video and data', () => {
    const track = findVideoTrack(
      sdp(
        'a=control:*',
        'm=audio 0 RTP/AVP 0',
        'a=control:trackID=0',
        'm=video 0 RTP/AVP 98',
        'a=rtpmap:98 H265/90000',
        'a=control:trackID=9',
        'm=video 0 RTP/AVP 96',
        'a=rtpmap:96 h264/90000',
        'a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z2QAKKwA,aO48gA==; profile-level-id=640028',
        'a=control:trackID=1',
        'm=application 0 RTP/AVP 107',
        'a=rtpmap:107 vnd.onvif.metadata/90000',
      ),
      BASE,
    );
    expect(track.controls[0]).toBe('rtsp://10.0.0.5/live/trackID=1');
    expect(track).toMatchObject({ aggregate: BASE, clockRate: 90000, payloadType: null });
    expect(track.parameterSets.map((nal) => nal[0])).toEqual([0x67, 0x68]);
  });

  it.each<[string, string[], RegExp]>([
    ['VP8', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 VP8/90000'], /VP8.*H\.264/],
    [
      'H.265 in interleaved packets',
      ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H265/90000', 'a=fmtp:96 sprop-max-don-diff=1'],
      /sprop-max-don-diff/,
    ],
    ['H.263, static', ['m=video 0 RTP/AVP 34'], /H\.263.*H\.264/],
    ['MPEG-4', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 MP4V-ES/90000'], /MPEG-4/],
    ['an unheard one', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 X-FOO/90000'], /X-FOO/],
    ['none named', ['m=video 0 RTP/AVP 96'], /unknown/],
    ['sound only', ['m=audio 0 RTP/AVP 0'], /no video/],
    ['nothing', [], /not describe/],
    ['SRTP', ['m=video 0 RTP/SAVP 96', 'a=rtpmap:96 H264/90000'], /encrypts/],
    ['interleaved packets', [...H264, 'a=fmtp:96 packetization-mode=2'], /mode 1/],
  ])('says what is wrong: %s', (_name, lines, message) => {
    expect(() => findVideoTrack(sdp(...lines), BASE)).toThrow(
      expect.objectContaining({ code: 'camera_unsupported', message: expect.stringMatching(message) }),
    );
  });

  it.each<[string, string[], object]>([
    ['by its number', ['m=video 0 RTP/AVP 26'], { payloadType: null, size: null }],
    ['by its name', ['m=video 0 RTP/AVP 97 98', 'a=rtpmap:98 jpeg/90000'], { payloadType: 98, size: null }],
    ['with its size', ['m=video 0 RTP/AVP 26', 'a=x-dimensions:2560,1440'], { size: { width: 2560, height: 1440 } }],
    [
      'with its size, of another spelling',
      ['m=video 0 RTP/AVP 26', 'a=framesize:96 1-1', 'a=framesize:26 2592-1944'],
      { size: { width: 2592, height: 1944 } },
    ],
    ['of no size', ['m=video 0 RTP/AVP 26', 'a=x-dimensions:0,0'], { size: null }],
  ])('takes motion JPEG %s', (_name, lines, track) => {
    expect(findVideoTrack(sdp(...lines, 'a=control:track'), BASE)).toMatchObject({
      codec: 'jpeg',
      clockRate: 90000,
      parameterSets: [],
      controls: [`${BASE}track`, 'rtsp://10.0.0.5/live/track'].slice(0, 1),
      ...track,
    });
  });

  it('takes H.265 with its parameter sets', () => {
    const fmtp = 'a=fmtp:98 sprop-vps=QAEMAQ==; sprop-sps="QgEBAQ==";sprop-pps=RAHA8g==;sprop-max-don-diff=0';
    const track = findVideoTrack(sdp('m=video 0 RTP/AVP 98', 'a=rtpmap:98 h265/90000', fmtp), BASE);
    expect(track).toMatchObject({ codec: 'h265', clockRate: 90000, payloadType: null });
    expect(track.parameterSets.map((nal) => nal[0])).toEqual([0x40, 0x42, 0x44]);
  });

  it('takes H.264 before H.265, and both before motion JPEG', () => {
    const h265 = ['m=video 0 RTP/AVP 98', 'a=rtpmap:98 H265/90000'];
    expect(findVideoTrack(sdp('m=video 0 RTP/AVP 26', ...h265, ...H264), BASE).codec).toBe('h264');
    expect(findVideoTrack(sdp('m=video 0 RTP/AVP 26', ...h265), BASE).codec).toBe('h265');
  });

  it('bears line feeds alone, no rtpmap, several payload types, an odd clock, broken sets', () => {
    expect(findVideoTrack(sdp(...H264).replaceAll('\r', ''), BASE).controls[0]).toBe(`${BASE}trackID=1`);
    const bare = findVideoTrack(sdp('m=video 0 RTP/AVP 96', 'a=fmtp:96 packetization-mode=1'), BASE);
    expect(bare.controls).toEqual([BASE]);
    const many = findVideoTrack(
      sdp(
        'm=video 0 RTP/AVP 96 97',
        'a=rtpmap:96 H265/90000',
        'a=rtpmap:97 H264/1000',
        'a=fmtp:97 sprop-parameter-sets=!!,=',
      ),
      BASE,
    );
    expect(many).toMatchObject({ payloadType: 97, clockRate: 1000, parameterSets: [] });
  });

  it('throws nothing but CameraError on mutated descriptions', () => {
    const whole = Buffer.from(sdp('a=control:*', ...H264, 'a=fmtp:96 sprop-parameter-sets=Z2QAKKwA,aO48gA=='));
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 5000; i++) {
      const mutated = Buffer.from(whole);
      for (let j = random(8); j >= 0; j--) {
        mutated[random(mutated.length)] = random(256);
      }
      try {
        findVideoTrack(mutated.toString(), BASE);
      } catch (error) {
        expect(error).toMatchObject({ name: 'CameraError' });
      }
    }
  });
});

describe('resolveControl', () => {
  it.each([
    ['rtsp://c/live/', '*', 'rtsp://c/live/'],
    ['rtsp://c/live/', undefined, 'rtsp://c/live/'],
    ['rtsp://c/live', 'trackID=1', 'rtsp://c/live/trackID=1'],
    ['rtsp://c/live/', 'trackID=1', 'rtsp://c/live/trackID=1'],
    ['rtsp://c/cam?channel=1&subtype=0', 'trackID=0', 'rtsp://c/cam?channel=1&subtype=0/trackID=0'],
    ['rtsp://c/live/', 'rtsp://other/x/track1', 'rtsp://other/x/track1'],
    ['rtsp://c/live/', 'RTSP://u:p@c/track1', 'RTSP://c/track1'],
    ['rtsp://u:p@c/live/', 'track1', 'rtsp://c/live/track1'],
    ['rtsp://c/live', '/live/track1', 'rtsp://c/live/track1'],
    ['rtsp://c/live', '/track1', 'rtsp://c/live/track1'],
    ['rtsp://c/live', 1, 'rtsp://c/live/1'],
    ['rtsp://c', 'track1', 'rtsp://c/track1'],
  ])('%s and %s: %s', (base, control, expected) => {
    expect(resolveControl(base, control)[0]).toBe(expected);
  });

  it("has the RFC's reading at hand", () => {
    expect(resolveControl('rtsp://c/a/b', 'track1')[1]).toBe('rtsp://c/a/track1');
    expect(resolveControl('rtsp://c/a/', '/track1')[1]).toBe('rtsp://c/track1');
  });
});
