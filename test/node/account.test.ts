// What a node accounts for: times, energy and drift, as the board has them and not as this computer does.

import { expect } from 'chai';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import { type Accounted, accountOf } from '../../node/account.js';
import { Activity } from '../../node/activity.js';
import type { DataPlane } from '../../transport/data-plane.js';
import { profileLink } from '../../transport/emulated-link.js';
import { TopicCounts } from '../../transport/topic-counts.js';
import { turnedClock } from '../transport/turned-clock.js';

const PI_4 = BOARD_PROFILES.get('pi-4')!;
/** By the cells' order: seconds of each phase. */
const BOOKED = { forward: 2, backward: 4, update: 1, serialise: 1 };

function account(changes: Partial<Accounted> = {}) {
  const topics = new TopicCounts();
  topics.count('1/forward', 'in', 10);
  const counters = { bytesIn: 10, bytesOut: 0, unsent: 0, dropped: {}, topics } as unknown as DataPlane['counters'];
  const activity = { phase: 'idle', seconds: BOOKED, staleness: null, lagMs: 0, inVainMs: 0 };
  return accountOf({ activity: activity as unknown as Activity, plane: { counters }, wallMs: 16_000, ...changes });
}

describe('the account of a node', () => {
  it('has all that was booked in the idle share, packing included', () => {
    expect(account()).to.deep.include({
      idleShare: 0.5,
      wallSeconds: 16,
      seconds: BOOKED,
      topics: [{ topic: '1/forward', direction: 'in', bytes: 10, frames: 1 }],
      energy: null,
      emulated: null,
    });
  });

  it('divides what an emulated board reports by its dilation', () => {
    const { seconds, wallSeconds, idleShare, emulated } = account({ emulation: { profile: PI_4, dilation: 2 } });
    expect(seconds).to.deep.equal({ forward: 1, backward: 2, update: 0.5, serialise: 0.5 });
    expect([wallSeconds, idleShare]).to.deep.equal([8, 0.5]);
    expect(emulated).to.include({ profile: 'pi-4', dilation: 2, drift: 0 });
  });

  it('models the energy: idle watts while it waits, load watts while it computes', () => {
    const { energy } = account({ emulation: { profile: PI_4, dilation: 2 } });
    const { idleW, loadW } = PI_4;
    expect(energy).to.deep.equal({
      source: 'modelled',
      joules: { idle: 4 * idleW, forward: loadW, backward: 2 * loadW, update: 0.5 * loadW, serialise: 0.5 * loadW },
    });
  });

  it('knows no energy and no drift of a board with fixed times', () => {
    const emulation = { forwardMs: 1, backwardMs: 1, linkMs: 1 };
    expect(account({ emulation })).to.include({ energy: null, emulated: null });
  });

  it('has as drift by how much the computer was behind, and how long the board waited for it, of the time', () => {
    const activity = new Activity();
    activity.wasBehind(60);
    activity.idledInVain(20);
    const clock = turnedClock();
    const link = profileLink({ linkMbps: 8, latencyMs: 0, dilation: 1 }, clock);
    const emulation = { profile: PI_4, dilation: 2 };
    const drift = () => account({ activity, link, emulation }).emulated;
    expect(drift()).to.include({ drift: 80 / 16_000, overdue: 0 });
    for (const isOverdue of [true, false, false, false]) activity.tookIn(isOverdue);
    expect(drift()).to.include({ overdue: 1 / 4 });
    clock.turnTo(170);
    link.receive(10_000, { begin: 0, mbps: 8 }, () => {}); // due at 10
    expect(drift()).to.include({ drift: (160 + 20) / 16_000 });
  });
});
