import { readdirSync, readFileSync } from 'node:fs';
import { Turns } from '../../common/turns';
import { H264Config } from '../../media/access-unit';
import { FragmentDecoder } from '../../media/decode-check';
import { Clip, drawClip, shift } from '../../media/fmp4/clip.fixture';
import { NodeDisk } from '../../storage/disk';
import { Finaliser } from './finaliser';
import { Gate } from './gate';
import { WrittenPart } from './journal-writer';
import { firstGroup } from './part-frames';
import { Room, TOOLS, journalOptions, record } from './recording.fixture';
import { SampleIndex } from './sample-index';
import { StartCheck } from './start-check';

const disk = new NodeDisk();

/** The index with two samples of a fragment in each other's place, as a fault of the tables would have them. */
function swapped({ index }: WrittenPart, first: number): SampleIndex {
  const wrong = new SampleIndex();
  const sizes = Array.from({ length: index.sampleCount }, (_, i) => index.size(i));
  [sizes[first], sizes[first + 1]] = [sizes[first + 1]!, sizes[first]!];
  for (let f = 0; f < index.fragmentCount; f++) {
    const fragment = index.fragment(f);
    wrong.beginFragment(fragment.dts, fragment.offset, fragment.dataOffset - fragment.offset);
    for (let i = fragment.firstSample; i < fragment.endSample; i++)
      wrong.addSample(index.dts(fragment, i), 3600, sizes[i]!, index.cts(i), index.isKeyframe(i));
  }
  return wrong;
}

/** The parameter set as cameras send it that do not say how deep they reorder (H.264 §E.1.1, `bitstream_restriction_flag`). */
function withoutRestriction(sps: Buffer): Buffer {
  const raw = Buffer.from(sps.toString('latin1').replaceAll('\0\0\x03', '\0\0'), 'latin1');
  const bits = [...raw].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const end = bits.lastIndexOf('1');
  // `restriction | mv | 0 | 0 | length | length | reorder | buffering`, then the stop bit: x264 writes all of it, at the end.
  const tail = /1[01]11(0+)1[01]*$/;
  const body = bits.slice(0, end);
  for (let at = body.length - 1; at > 0; at--) {
    const rest = body.slice(at);
    const values = rest.startsWith('1') ? golombs(rest.slice(2)) : null;
    if (values?.length !== 6 || values[2] !== values[3] || !tail.test(rest)) continue;
    const cut = `${body.slice(0, at)}01`.padEnd(Math.ceil((at + 2) / 8) * 8, '0');
    const bytes = Buffer.from((cut.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
    return Buffer.from(bytes.toString('latin1').replace(/\0\0(?=[\0-\x03])/g, '\0\0\x03'), 'latin1');
  }
  throw new Error('no bitstream restriction found');
}

function golombs(bits: string): number[] | null {
  const values: number[] = [];
  for (let rest = bits; rest !== '';) {
    const zeros = rest.indexOf('1');
    if (zeros < 0 || rest.length < 2 * zeros + 1) return null;
    values.push(Number.parseInt(rest.slice(zeros, 2 * zeros + 1), 2) - 1);
    rest = rest.slice(2 * zeros + 1);
  }
  return values;
}

describe('Gate', () => {
  let clip: Clip;
  let room: Room;

  beforeAll(() => (clip = drawClip({ seconds: 4, bFrames: 2 })));
  beforeEach(async () => {
    room = new Room();
    await disk.makeFolder(room.at('.recordings', 'a'));
  });
  afterEach(() => room.remove());

  async function recorded(frames = clip.frames) {
    const folder = room.at('.recordings', 'a');
    const { parts, endTicks } = await record(journalOptions(folder), frames, frames.length * 3600);
    return { part: parts[0]!, job: { folder, endTicks, target: room.at('1', 'a.mp4') } };
  }

  async function startOf({ info, index }: WrittenPart) {
    const file = await disk.open(info.path, 'read');
    const part = { file, rebuilt: { init: info.init, index } };
    return new Gate(TOOLS).decodeStart(part, firstGroup(index)!).finally(() => file.close());
  }

  it('says which packets it decoded', async () => {
    const { part } = await recorded();
    const start = await startOf(part);
    expect(start.complaint).toBe('');
    expect(start.packets).toHaveLength(25);
    expect(new Set([...start.packets, start.configuration]).size).toBe(26);
  });

  it.each([
    ['at the beginning', 3],
    ['in the last group', 90],
  ])('finds a table that is wrong %s, whether the beginning was decoded before or not', async (_, sample) => {
    const { part, job } = await recorded();
    const before = readFileSync(part.info.path);
    for (const start of [await startOf(part), null]) {
      const wrong = { path: part.info.path, startTicks: 0, index: swapped(part, sample), start };
      // What the fragments hold is right, so the remux that follows would be: only the way tells what the gate found.
      const gate = new Gate(TOOLS);
      const verdicts: (string | null)[] = [];
      const check = gate.checkPart.bind(gate);
      gate.checkPart = async (...args) => {
        const verdict = await check(...args);
        verdicts.push(verdict.fault);
        return verdict;
      };
      await new Finaliser(disk, TOOLS, gate).finalise({ ...job, parts: [wrong] }).catch(() => undefined);
      expect(verdicts[0]).toMatch(/pictures are not those recorded/);
      await disk.makeFolder(job.folder);
      await disk.unlink(job.target).catch(() => undefined);
      const again = await disk.open(part.info.path, 'create').catch(() => disk.open(part.info.path, 'update'));
      await again.truncate(0);
      await again.writev([before], 0);
      await again.close();
    }
  });

  it('takes a beginning that is not the recorded one for a fault', async () => {
    const { part, job } = await recorded();
    const start = await startOf(part);
    const other = { ...start, packets: [...start.packets].reverse() };
    const source = { path: part.info.path, startTicks: 0, index: part.index };
    const video = await new Finaliser(disk, TOOLS).finalise({ ...job, parts: [{ ...source, start: other }] });
    expect(video.way).toBe('remuxed');
  });

  it('has nothing to say of B-frames whose depth the camera does not tell', async () => {
    const { config } = clip;
    const silent: H264Config = { ...config, sps: config.sps.map(withoutRestriction), fingerprint: 'silent' };
    const { part, job } = await recorded(clip.frames.map((frame) => ({ ...frame, config: silent })));
    const source = { path: part.info.path, startTicks: 0, index: part.index };
    const video = await new Finaliser(disk, TOOLS).finalise({ ...job, parts: [source] });
    expect(video).toMatchObject({ way: 'in_place', samples: 100, complaint: '' });
  });

  it('decodes a beginning once it is whole, and never later', async () => {
    const { part } = await recorded();
    const turns = new Turns(1);
    const events = { onComplaint: jest.fn(), onError: jest.fn() };
    const gate = new Gate(TOOLS);
    const check = new StartCheck(disk, gate, turns, events);
    const half = new SampleIndex();
    half.beginFragment(0, part.info.init.length + part.info.reserveBytes, 100);
    half.addSample(0, 3600, 1000, 0, true);
    check.consider({ info: part.info, index: half });
    check.consider(part);
    // Its turn is the first; whoever asks after it comes when it is done.
    await turns.take(() => Promise.resolve());
    expect(check.end()?.packets).toHaveLength(25);
    check.close();
    const late = new StartCheck(disk, gate, turns, events);
    late.consider(part);
    expect(late.end()).toBeNull();
    await turns.take(() => Promise.resolve());
    expect(late.end()).toBeNull();
    late.close();
    expect(events.onComplaint).not.toHaveBeenCalled();
    expect(events.onError).not.toHaveBeenCalled();
  });

  it('tells of a camera that sends rubbish while the match is still young', async () => {
    const broken = clip.frames.map((frame, i) =>
      i === 5 ? { ...frame, data: Buffer.from(frame.data).fill(0, 12) } : frame,
    );
    const { part, job } = await recorded(broken);
    const turns = new Turns(1);
    const onComplaint = jest.fn();
    const check = new StartCheck(disk, new Gate(TOOLS), turns, { onComplaint, onError: jest.fn() });
    check.consider(part);
    await turns.take(() => Promise.resolve());
    expect(onComplaint).toHaveBeenCalledTimes(1);
    const start = check.end();
    check.close();
    const source = { path: part.info.path, startTicks: 0, index: part.index, start };
    const video = await new Finaliser(disk, TOOLS).finalise({ ...job, parts: [source] });
    expect(video).toMatchObject({ way: 'in_place', samples: 100 });
    expect(video.complaint).not.toBe('');
  });
});

/** Children of this process that are FFmpegs waiting for fragments. */
function waiting(): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      const parent = /^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      return parent === `${process.pid}` && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('framehash');
    } catch {
      return false;
    }
  }).length;
}

describe('FragmentDecoder', () => {
  it('keeps one FFmpeg waiting while somebody holds it, and none after', async () => {
    const clip = drawClip({ seconds: 1 });
    const room = new Room();
    const { parts } = await record(
      journalOptions(room.path),
      [...clip.frames, shift(clip.frames[0]!, 90_000)],
      180_000,
    );
    const { info, index } = parts[0]!;
    const { dataOffset, offset, end } = index.fragment(0);
    expect(dataOffset).toBeGreaterThan(offset);
    const bytes = readFileSync(info.path);
    const input = () =>
      (async function* () {
        yield info.init;
        yield bytes.subarray(offset, end);
      })();
    const decoder = new FragmentDecoder(TOOLS, 60);
    const letGo = [decoder.hold(), decoder.hold()];
    expect(waiting()).toBe(1);
    const found = await Promise.all([1, 2].map(() => decoder.decode(input(), { timeoutMs: 20_000 })));
    for (const { complaint, packets } of found) expect([complaint, packets.length]).toEqual(['', 25]);
    expect(waiting()).toBe(1);
    letGo[0]!();
    letGo[0]!();
    expect(waiting()).toBe(1);
    const ended = new Promise<void>((resolve) => {
      const look = (): void => (waiting() === 0 ? resolve() : void setImmediate(look));
      letGo[1]!();
      look();
    });
    await ended;
    room.remove();
  });
});
