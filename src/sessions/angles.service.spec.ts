import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { setImmediate as turn } from 'node:timers/promises';
import { HandClock } from '../common/hand-clock.fixture';
import { ProblemException } from '../common/problem';
import { OpenSpec, RuntimeEvent } from '../runtime/court-runtime';
import { Angles } from './angles.service';

type Parts = ConstructorParameters<typeof Angles>;

const ZERO = { bootId: 'boot', monotonicMs: 1, wallMs: 2 };
const MATCH = { id: 'match', courtId: 3, clubId: 1, userId: 7, zero: ZERO };

/** A court with a second camera that answers as `answers` says, one after the other. */
function madeOf(answers: (Error | null)[]) {
  const clock = new HandClock();
  const opened: OpenSpec[] = [];
  const closed: string[] = [];
  const reasons: (string | null)[] = [];
  const open = new Set<string>();
  const rows: { id: string; cameraPosition: number; owner: null }[] = [];
  let isOpen = true;
  const events = new Subject<RuntimeEvent>();
  const runtime = {
    watch: () => events,
    status: (id: string) => (open.has(id) ? {} : null),
    open: (spec: OpenSpec) => {
      opened.push(spec);
      const error = answers.shift() ?? null;
      if (error) return Promise.reject(error);
      open.add(spec.sessionId);
      return Promise.resolve({});
    },
    close: (id: string) => {
      if (open.delete(id)) closed.push(id);
      return Promise.resolve();
    },
  };
  const angleStore = {
    isOpen: () => Promise.resolve(isOpen),
    openOf: () => Promise.resolve(rows),
    isRecording: () => Promise.resolve(false),
    begin: ({ id, position }: { id: string; position: number }) => {
      rows.push({ id, cameraPosition: position, owner: null });
      return Promise.resolve(true);
    },
    hinder: (_id: string, reason: string | null) => {
      reasons.push(reason);
      return Promise.resolve();
    },
  };
  const angles = new Angles(
    angleStore as unknown as Parts[0],
    { setLive: () => Promise.resolve(true) } as unknown as Parts[1],
    {} as Parts[2],
    {
      furtherOf: () => Promise.resolve([{ position: 2, name: null }]),
      accessTo: (_court: number, position: number) => Promise.resolve({ cameraUrl: `rtsp://${position}/` }),
    } as unknown as Parts[3],
    { admit: () => undefined, during: (_id: string, work: () => Promise<void>) => work() } as unknown as Parts[4],
    runtime as unknown as Parts[5],
    { admit: () => undefined } as unknown as Parts[6],
    clock,
  );
  angles.onModuleInit();
  const end = (): void => {
    isOpen = false;
  };
  return { angles, clock, opened, closed, reasons, events, end };
}

describe('Angles', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));

  it("opens a match's further cameras on its clock", async () => {
    const { angles, opened } = madeOf([]);
    angles.follow(MATCH);
    await turn();
    const id = angles.of('match')[0]?.id ?? '';
    expect(opened).toEqual([{ sessionId: id, cameraUrl: 'rtsp://2/', sharedZero: ZERO, reference: 'match' }]);
    expect(angles.isAngle(id)).toBe(true);
  });

  it('tries one that fails again in the same session, more and more seldom, and says why', async () => {
    const { angles, clock, opened, reasons } = madeOf([
      new ProblemException('camera_unreachable'),
      new ProblemException('camera_timeout'),
    ]);
    angles.follow(MATCH);
    await turn();
    for (const ms of [1_250, 2_500]) {
      clock.pass(ms);
      await turn();
    }
    expect(opened).toHaveLength(3);
    expect(new Set(opened.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(reasons).toEqual(['camera_unreachable', 'camera_timeout']);
  });

  it('lets go of them when the match is over, however that came', async () => {
    for (const over of ['told', 'closed', 'row'] as const) {
      const { angles, clock, closed, opened, events, end } = madeOf([]);
      angles.follow(MATCH);
      await turn();
      if (over === 'told') await angles.leave('match');
      if (over === 'closed') events.next({ type: 'court.closed', sessionId: 'match' } as RuntimeEvent);
      if (over === 'row') end();
      clock.pass(10_000);
      await turn();
      expect(closed).toEqual([opened[0]?.sessionId]);
      expect(angles.of('match')).toEqual([]);
    }
  });
});
