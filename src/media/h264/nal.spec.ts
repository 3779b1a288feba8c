import { BitWriter } from './bit-writer.fixture';
import { parseSliceStart, recoveryFrameCount, splitAnnexB, splitSample } from './nal';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('NAL units', () => {
  it.each([
    ['00000001 6742 000001 6843', ['6742', '6843']],
    ['ff 000001 6742 0000 00000001 68', ['6742', '68']],
    ['000001 000001 65', ['65']],
    ['6742', []],
    ['', []],
    ['00000001', []],
  ])('splits the byte stream %s', (stream, nals) => {
    expect(splitAnnexB(hex(stream)).map((nal) => nal.toString('hex'))).toEqual(nals);
  });

  it('splits samples and refuses lengths past the end', () => {
    expect(splitSample(hex('00000002 6501 00000001 06')).map((nal) => nal.toString('hex'))).toEqual(['6501', '06']);
    expect(() => splitSample(hex('00000003 6501'))).toThrow();
    expect(() => splitSample(hex('0000'))).toThrow();
  });

  it.each([
    [0, 7, { firstMb: 0, intra: true }],
    [0, 5, { firstMb: 0, intra: false }],
    [3600, 2, { firstMb: 3600, intra: true }],
    [0, 10, null],
  ])('reads a slice that begins at macroblock %d with type %d', (firstMb, type, expected) => {
    expect(parseSliceStart(new BitWriter().ue(firstMb).ue(type).nal(0x41))).toEqual(expected);
  });

  it('finds recovery points among other messages', () => {
    const message = (type: number, ...body: number[]): number[] => [type, body.length, ...body];
    const sei = (...bytes: number[]): Buffer => Buffer.from([6, ...bytes, 0x80]);
    expect(recoveryFrameCount(sei(...message(6, 0xc4)))).toBe(0);
    expect(recoveryFrameCount(sei(...message(1, 9, 9), ...message(6, 0x44)))).toBe(1);
    expect(recoveryFrameCount(sei(...message(5, 1, 2, 3)))).toBeNull();
    expect(recoveryFrameCount(sei(5, 255, 255, 1))).toBeNull();
    expect(recoveryFrameCount(Buffer.from([6]))).toBeNull();
  });
});
