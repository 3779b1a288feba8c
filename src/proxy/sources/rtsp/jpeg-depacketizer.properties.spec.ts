import fc from 'fast-check';
import { property } from '../../../../test/support/property';
import { CameraError } from '../../camera-error';
import { JpegStream, jpegPayload } from './jpeg-stream.fixture';

/** A picture: its scan, how it is cut, and which of its packets are lost. */
const picture = fc.record({
  // Inside a scan every 0xFF is followed by a zero.
  scan: fc.uint8Array({ minLength: 2, maxLength: 400, max: 0xfe }).map((bytes) => Buffer.from(bytes)),
  cut: fc.integer({ min: 1, max: 120 }),
  type: fc.constantFrom(0, 1, 64, 65),
  quality: fc.constantFrom(1, 49, 50, 99, 130, 131, 255),
  tables: fc.constantFrom(64, 128),
  lost: fc.array(fc.nat({ max: 12 }), { maxLength: 2 }),
  loses: fc.boolean(),
  ended: fc.boolean(),
});

describe('any motion JPEG by RTP', () => {
  it('comes out as it went in, or not at all', () => {
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 12 }), (sent) => {
        const stream = new JpegStream();
        const whole: Buffer[] = [];
        for (const { scan, cut, type, quality, tables, lost, loses, ended } of sent) {
          const body = ended ? Buffer.concat([scan, Buffer.from([0xff, 0xd9])]) : scan;
          const payloads = Array.from({ length: Math.ceil(body.length / cut) }, (_, i) => {
            const offset = i * cut;
            const own = offset === 0 && quality >= 128 ? { tables: Buffer.alloc(tables, 5) } : {};
            const data = body.subarray(offset, offset + cut);
            return jpegPayload({ offset, type, quality, restartInterval: 20, ...own, data });
          });
          const missing = new Set(loses ? lost.filter((i) => i < payloads.length) : []);
          stream.picture(payloads, missing);
          if (missing.size === 0) whole.push(scan);
        }
        stream.depacketizer.end();
        const scans = stream.pictures.map(({ data }) => {
          const sos = data.indexOf(Buffer.from('ffda000c', 'hex'));
          expect(data.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
          return data.subarray(sos + 14, -2);
        });
        // A picture whose marker is not known to be trusted yet is lost with the packets behind it.
        let at = 0;
        for (const scan of scans) {
          while (at < whole.length && !whole[at]?.equals(scan)) at++;
          expect(at++).toBeLessThan(whole.length);
        }
        if (sent.every(({ loses, lost }) => !loses || lost.length === 0)) expect(scans).toHaveLength(sent.length);
      }),
      property(1_000),
    );
  });

  it('throws nothing but what a club can act on, and keeps its bounds', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .record({
          offset: fc.nat({ max: 400 }),
          type: fc.nat({ max: 255 }),
          quality: fc.nat({ max: 255 }),
          width: fc.nat({ max: 255 }),
          height: fc.nat({ max: 255 }),
          precision: fc.nat({ max: 255 }),
          tables: fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))),
          data: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        })
        .map((fields) => jpegPayload(fields)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(payload, fc.boolean(), fc.boolean()), { maxLength: 30 }), (packets) => {
        const stream = new JpegStream({ maxJpegBytes: 2000 });
        for (const [bytes, marker, next] of packets) {
          if (next) stream.next();
          try {
            stream.packet(bytes, marker);
          } catch (error) {
            expect(error).toBeInstanceOf(CameraError);
          }
        }
        stream.depacketizer.end();
        for (const { data } of stream.pictures) expect(data.length).toBeLessThan(2000 + 1000);
      }),
      property(2_000),
    );
  });
});
