import { HandClock } from '../common/hand-clock.fixture';
import { ownIdentity } from '../runtime/process-identity';
import { SessionOwners } from './session-owners.service';
import { SessionStore } from './session-store';

const own = ownIdentity();

describe('the owner of a session', () => {
  const clock = new HandClock();
  let owners: SessionOwners;

  beforeEach(() => {
    owners = new SessionOwners(null as unknown as SessionStore, clock);
  });

  it.each([
    ['a session without one', null, true],
    ['this very process', own, false],
    ['a process with this pid that began at another time', { ...own, startTicks: '1' }, true],
    ['a process of an earlier boot', { ...own, bootId: 'before' }, true],
    ["init, which is nobody's", { ...own, pid: 1, startTicks: '0' }, true],
  ])('is gone or not: %s', (_, owner, gone) => {
    expect(owners.isGone({ id: 'a', owner, leaseLapsed: false })).toBe(gone);
    // Of this machine's processes the kernel tells, not the lease.
    expect(owners.isGone({ id: 'a', owner, leaseLapsed: true })).toBe(gone);
  });

  it('on another machine is gone when its lease lapsed and was not renewed for another one', () => {
    const session = { id: 'a', owner: { ...own, host: 'elsewhere' } };
    expect(owners.isGone({ ...session, leaseLapsed: false })).toBe(false);
    expect(owners.isGone({ ...session, leaseLapsed: true })).toBe(false);
    clock.pass(10_000);
    // The database was away; now the owner has renewed it.
    expect(owners.isGone({ ...session, leaseLapsed: false })).toBe(false);
    clock.pass(10_000);
    expect(owners.isGone({ ...session, leaseLapsed: true })).toBe(false);
    clock.pass(15_000);
    expect(owners.isGone({ ...session, leaseLapsed: true })).toBe(true);
  });
});
