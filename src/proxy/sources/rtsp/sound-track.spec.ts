import { findSoundTrack } from './rtsp-sdp';

const BASE = 'rtsp://10.0.0.5/live/';
const HBR = 'mode=AAC-hbr; sizelength=13; indexlength=3; indexdeltalength=3';

function offer(...lines: string[]): ReturnType<typeof findSoundTrack> {
  const head = ['v=0', 'o=- 0 0 IN IP4 0.0.0.0', 's=x', 't=0 0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000'];
  return findSoundTrack([...head, ...lines, ''].join('\r\n'), BASE);
}

const aac = (config: string, rate = '16000/1', parameters = HBR): string[] => [
  'm=audio 0 RTP/AVP 97',
  `a=rtpmap:97 mpeg4-generic/${rate}`,
  `a=fmtp:97 streamtype=5; profile-level-id=15; ${parameters}; config=${config}`,
];

describe('findSoundTrack', () => {
  it('says where there is none', () => {
    expect(offer()).toEqual({ kind: 'none' });
    expect(offer('m=application 0 RTP/AVP 107')).toEqual({ kind: 'none' });
  });

  it('reads AAC as the camera describes it', () => {
    expect(offer(...aac('1190', '48000/2'), 'a=control:trackID=2')).toMatchObject({
      kind: 'track',
      track: {
        format: { kind: 'aac', rate: 48_000, channels: 2 },
        layout: { sizeBits: 13, indexBits: 3, indexDeltaBits: 3 },
        controls: ['rtsp://10.0.0.5/live/trackID=2'],
        clockRate: 48_000,
        payloadType: null,
      },
    });
  });

  it.each<[string, string[], Record<string, unknown>]>([
    ['A-law by its static type', ['m=audio 0 RTP/AVP 8'], { kind: 'alaw', rate: 8_000 }],
    ['µ-law by its static type', ['m=audio 0 RTP/AVP 0'], { kind: 'mulaw', rate: 8_000 }],
    ['µ-law by name', ['m=audio 0 RTP/AVP 98', 'a=rtpmap:98 PCMU/16000'], { kind: 'mulaw', rate: 16_000 }],
  ])('reads %s', (_name, lines, format) => {
    expect(offer(...lines)).toMatchObject({ kind: 'track', track: { format, layout: null } });
  });

  it('takes the first that it can read, and tells its packets from others', () => {
    const lines = ['m=audio 0 RTP/AVP 111 8', 'a=rtpmap:111 opus/48000/2'];
    expect(offer(...lines)).toMatchObject({ kind: 'track', track: { format: { kind: 'alaw' }, payloadType: 8 } });
  });

  it.each<[string, string[], string]>([
    ['Opus', ['m=audio 0 RTP/AVP 111', 'a=rtpmap:111 opus/48000/2'], 'OPUS'],
    ['G.726', ['m=audio 0 RTP/AVP 99', 'a=rtpmap:99 G726-32/8000'], 'G726-32'],
    ['HE-AAC', aac('2b8a08', '22050/1'), 'AAC'],
    ['six channels', aac('11b0', '48000/6'), 'AAC'],
    ['AAC of 96 kHz', aac('1010', '96000/2'), 'AAC'],
    ['AAC without a description', aac(''), 'AAC'],
    ['frames of 960 samples', aac('1194', '48000/2'), 'AAC'],
    ['headers with time stamps', aac('1408', '16000/1', `${HBR}; CTSDeltaLength=4`), 'AAC'],
    ['no layout', aac('1408', '16000/1', 'mode=AAC-hbr'), 'AAC'],
    ['sizes of 40 bits', aac('1408', '16000/1', 'sizelength=40; indexlength=3; indexdeltalength=3'), 'AAC'],
    ['G.711 in stereo', ['m=audio 0 RTP/AVP 98', 'a=rtpmap:98 PCMA/8000/2'], 'G.711 A-law'],
    ['sound that is encrypted', ['m=audio 0 RTP/SAVP 8'], 'G.711 A-law'],
    ['nothing at all', ['m=audio 0 RTP/AVP'], ''],
  ])('does not read %s, and names it', (_name, lines, codec) => {
    expect(offer(...lines)).toEqual({ kind: 'unsupported', codec });
  });
});
