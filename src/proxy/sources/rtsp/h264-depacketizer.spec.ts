import { PPS } from '../../../media/h264/bit-writer.fixture';
import { AUD, idr, inter, RECOVERY, resetFiller, slice, sps, SPS, Stream } from './rtp-stream.fixture';

const hex = (...nals: Buffer[]): string[] => nals.map((nal) => nal.toString('hex'));
const aggregate = (...nals: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from([24]), ...nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])]);

describe('H.264 over RTP', () => {
  it('puts single NAL units, STAP-A and FU-A together, over both wraps, without parameter sets and delimiters', () => {
    const [a, b, c] = [idr(), inter(100), inter()];
    const stream = new Stream([]);
    stream
      .next()
      .packet(aggregate(AUD, SPS, PPS))
      .packet(a, true);
    stream.next().fragments(b);
    stream.picture(AUD, c).picture(inter());
    expect(stream.nals.slice(0, 3)).toEqual([hex(a), hex(b), hex(c)]);
    expect(stream.units.map((unit) => unit.keyframe)).toEqual([true, false, false, false]);
    const pts = stream.units.map((unit) => unit.pts);
    expect(pts.map((time) => time - (pts[0] as number))).toEqual([0, 3600, 7200, 10800]);
    expect(stream.units[0]?.config).toMatchObject({ width: 1920, height: 1080 });
    expect(stream.losses).toBe(0);
    expect(stream.units.every((unit) => unit.data.buffer.byteLength === unit.data.length)).toBe(true);
  });

  it.each<[string, (stream: Stream, nals: Buffer[]) => void]>([
    ['never', (s, nals) => s.next() && nals.forEach((nal) => s.packet(nal))],
    ['on every packet', (s, nals) => s.next() && nals.forEach((nal) => s.packet(nal, true))],
    ['on every fragment', (s, nals) => s.next() && nals.forEach((nal) => s.fragments(nal, 9, { every: true }))],
    [
      'right, end bit never',
      (s, nals) => s.next() && nals.forEach((nal, i) => s.fragments(nal, 9, { end: false, marker: i === 1 })),
    ],
  ])('finds the end of pictures of two slices where the marker is set %s', (_name, send) => {
    const stream = new Stream();
    const pictures = Array.from({ length: 5 }, (_, i) => [slice(i === 0 ? 5 : 1, 30), slice(i === 0 ? 5 : 1, 30, 99)]);
    pictures.forEach((nals) => send(stream, nals));
    expect(stream.nals.slice(0, 4)).toEqual(pictures.slice(0, 4).map((nals) => hex(...nals)));
    expect(stream.losses).toBe(0);
  });

  it('finds two pictures at one timestamp', () => {
    const stream = new Stream();
    const [a, b, c] = [idr(), inter(), inter()];
    stream.picture(a).packet(b, true).packet(c, true);
    expect(stream.nals).toEqual([hex(a), hex(b), hex(c)]);
    const unmarked = new Stream();
    unmarked.next().packet(a).packet(RECOVERY).packet(b).next().packet(c);
    expect(unmarked.nals).toEqual([hex(a), hex(RECOVERY, b)]);
  });

  it.each([1, 2, 30_000])('drops to the next keyframe after %d lost packets and says so once', (count) => {
    const stream = new Stream();
    const back = idr(50);
    stream.picture(idr()).picture(inter()).next().fragments(inter(60), 10, { marker: false, end: false });
    stream.lose(count).packet(inter(), true).picture(inter()).lose().picture(inter());
    expect(stream.units).toHaveLength(2);
    stream.picture(back).picture(inter());
    expect(stream.nals[2]).toEqual(hex(back));
    expect(stream.units).toHaveLength(4);
    expect(stream.losses).toBe(1);
    expect(stream.receiver.packetsLost).toBe(count + 1);
  });

  it('never hands out a picture that misses a piece, wherever the hole is', () => {
    const whole: string[] = [];
    const send = (stream: Stream, lostAt: number): void => {
      resetFiller();
      let n = 0;
      const put = (nal: Buffer): void => {
        for (let at = 1; at < nal.length; at += 9) {
          const header = ((nal[0] as number) & 0x1f) | (at === 1 ? 0x80 : 0) | (at + 9 >= nal.length ? 0x40 : 0);
          const payload = Buffer.concat([Buffer.from([0x7c, header]), nal.subarray(at, at + 9)]);
          if (n++ === lostAt) {
            stream.lose();
          } else {
            stream.packet(payload, at + 9 >= nal.length && ((nal[1] as number) & 0x80) === 0);
          }
        }
      };
      for (let picture = 0; picture < 8; picture++) {
        stream.next();
        const type = picture % 4 === 0 ? 5 : 1;
        put(slice(type, 20));
        put(slice(type, 20, 50));
        put(slice(type, 20, 99));
      }
    };
    // The last slice alone carries the marker in this one.
    const clean = new Stream();
    send(clean, -1);
    clean.next().packet(inter());
    whole.push(...clean.nals.map((nals) => nals.join()));
    expect(whole).toHaveLength(8);
    for (let lostAt = 0; lostAt < 8 * 9; lostAt++) {
      const stream = new Stream();
      send(stream, lostAt);
      stream.next().packet(inter());
      expect(stream.nals.map((nals) => nals.join()).filter((picture) => !whole.includes(picture))).toEqual([]);
      expect(stream.units[0]?.keyframe ?? true).toBe(true);
    }
  });

  it('drops what comes twice or late, and follows a camera that counts anew', () => {
    const stream = new Stream();
    stream.picture(idr()).picture(inter());
    stream.sequence -= 1;
    stream.packet(inter(), true);
    expect(stream.units).toHaveLength(2);
    stream.sequence = 100;
    stream.ssrc = 1;
    stream.picture(inter()).picture(inter()).picture(inter()).picture(idr()).picture(inter());
    expect(stream.units.at(-1)?.keyframe).toBe(false);
    expect(stream.units.at(-2)?.keyframe).toBe(true);
    const before = stream.units.length;
    stream.ssrc = 2;
    stream.picture(inter()).picture(idr());
    expect(stream.units).toHaveLength(before + 1);
    expect(stream.losses).toBe(2);
  });

  it('passes over a stray packet of another stream, and loses nothing of a stream that takes over at a keyframe', () => {
    const stream = new Stream();
    stream.picture(idr()).picture(inter());
    const { sequence } = stream;
    stream.ssrc = 0xa5a5a5a5;
    stream.sequence = 4711;
    stream.packet(inter(), true);
    stream.ssrc = 1;
    stream.sequence = sequence;
    stream.picture(inter());
    expect(stream.units).toHaveLength(3);
    expect(stream.losses).toBe(0);
    stream.ssrc = 2;
    stream.sequence = 9;
    const other = sps({ widthMbs: 80 });
    stream.next().packet(other).packet(PPS).packet(idr(), true).picture(inter()).picture(inter());
    expect(stream.units.slice(3).map((unit) => unit.config.width)).toEqual([1280, 1280, 1280]);
  });

  it('waits for the first keyframe without calling it a loss', () => {
    const stream = new Stream();
    stream.fragments(inter(), 5).picture(inter()).picture(idr()).picture(inter());
    expect(stream.units).toHaveLength(2);
    expect(stream.losses).toBe(0);
  });

  it('enters at an I picture with a recovery point, without the pictures shown before it', () => {
    const stream = new Stream();
    const open = slice(1, 20, 0, 7);
    stream
      .picture(inter())
      .next(3 * 3600)
      .packet(RECOVERY)
      .packet(open, true);
    stream.next(-2 * 3600).packet(inter(), true);
    stream.next(3 * 3600).packet(inter(), true);
    expect(stream.units.map((unit) => unit.keyframe)).toEqual([true, false]);
    expect(stream.nals[0]).toEqual(hex(RECOVERY, open));
    const gradual = new Stream();
    gradual
      .picture(RECOVERY, inter())
      .picture(Buffer.from([6, 6, 1, 0x44, 0x80]), open)
      .picture(inter());
    expect(gradual.units).toHaveLength(0);
  });

  it('prefers the parameter sets in the stream, and follows their change at a keyframe', () => {
    const stream = new Stream([sps({ widthMbs: 40 }), PPS]);
    stream.picture(SPS, PPS, idr()).picture(inter());
    const first = stream.units[0]?.config;
    stream.picture(SPS, PPS, idr()).picture(inter());
    expect(stream.units[3]?.config).toBe(first);
    expect(first).toMatchObject({ width: 1920 });
    stream.picture(sps({ widthMbs: 80 }), PPS, idr()).picture(inter());
    expect(stream.units.map((unit) => unit.config.width)).toEqual([1920, 1920, 1920, 1920, 1280, 1280]);
    expect(stream.losses).toBe(0);
  });

  it('refuses a picture of 16384 pixels, from the SDP or the stream', () => {
    const huge = sps({ widthMbs: 1024 });
    const unsupported = expect.objectContaining({ code: 'camera_unsupported' });
    expect(() => new Stream([]).picture(huge, PPS, idr())).toThrow(unsupported);
    expect(() => new Stream([huge, PPS]).picture(idr()).picture(idr())).toThrow(unsupported);
    expect(new Stream([huge, PPS]).picture(SPS, PPS, idr()).picture(inter()).units).toHaveLength(2);
  });

  it('bounds a picture', () => {
    const stream = new Stream([SPS, PPS], 100_000);
    const run = (): void => {
      stream.next().packet(Buffer.from([0x7c, 0x85, 0x88, 1]));
      for (let i = 0; i < 100; i++) {
        stream.packet(Buffer.concat([Buffer.from([0x7c, 5]), Buffer.alloc(1400, 1)]));
      }
    };
    expect(run).toThrow(expect.objectContaining({ code: 'camera_unsupported' }));
  });

  it.each([25, 26, 27, 29])('refuses interleaved packetization (type %d) clearly', (type) => {
    expect(() => new Stream().packet(Buffer.from([type, 0, 0, 0]))).toThrow(
      expect.objectContaining({ code: 'camera_unsupported', message: expect.stringMatching(/mode 1/) }),
    );
  });

  it('reads Annex B put into packets, and scales another clock', () => {
    const stream = new Stream([], 1 << 20, 1000);
    const [a, b] = [idr(), inter()];
    const code = Buffer.from([0, 0, 0, 1]);
    stream.next(40).packet(Buffer.concat([code, SPS, code, PPS, code, a]), true);
    stream.next(40).packet(b, true).next(40).packet(inter(), true);
    expect(stream.nals.slice(0, 2)).toEqual([hex(a), hex(b)]);
    expect((stream.units[1]?.pts as number) - (stream.units[0]?.pts as number)).toBe(3600);
  });

  it('throws nothing but CameraError on random packets, in bounded memory', () => {
    let seed = 3;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 300; i++) {
      const stream = new Stream([SPS, PPS], 100_000);
      try {
        for (let j = 0; j < 60; j++) {
          const payload = Buffer.from(Array.from({ length: random(40) }, () => random(256)));
          if (payload.length > 0 && random(2) === 0) {
            payload[0] = [0x65, 0x41, 0x7c, 24, 6, 0x67, 0x68][random(7)] as number;
          }
          stream.next(random(3) * 3600).lose(random(8) === 0 ? random(70_000) : 0);
          stream.packet(payload, random(2) === 0);
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'CameraError' });
      }
    }
  });

  it('drops a picture whose time changes in the middle of a NAL unit, and goes on', () => {
    const stream = new Stream();
    stream.picture(idr());
    const pieces = [0x80, 0, 0x40].map((flags) =>
      Buffer.concat([Buffer.from([0x7c, flags | 5]), Buffer.alloc(9, 0x88)]),
    );
    stream
      .next()
      .packet(pieces[0] as Buffer)
      .next()
      .packet(pieces[1] as Buffer)
      .packet(pieces[2] as Buffer, true);
    stream.picture(idr()).picture(inter());
    expect(stream.units.map(({ keyframe }) => keyframe)).toEqual([true, true, false]);
  });
});
