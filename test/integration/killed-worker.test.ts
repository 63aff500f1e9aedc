// A worker of a star that is a process of its own, on a real broker, killed amid the run as the power cord would do it: no
// goodbye, no last message. The others go on, and the model is as good.

import { once } from 'node:events';
import { expect } from 'chai';
import { type Running, start } from '../cli/ringtmp.js';
import { brokerBus, FLEET } from '../support/bus.js';
import { type Fleet, loopbackInbox, startFleet } from '../support/fleet.js';
import { smallRun } from '../support/specs.js';

describe('a star, one of whose workers is killed', function () {
  this.timeout(60_000);
  let fleet: Fleet;
  let victim: Running;

  let startVictim: () => void;

  const open = async (workerGraceMs: number) => {
    const bus = await brokerBus();
    fleet = await startFleet({ agents: 2, bus, inboxOf: loopbackInbox, workerGraceMs });
    const access = ['--broker', `mqtt://127.0.0.1:${bus.broker.port}`, '--fleet', FLEET];
    startVictim = () => {
      // With a login, which this broker believes without looking.
      victim = start(['agent', '--id', 'pi-3', '--engine', 'wasm', ...access], undefined, { RINGTMP_PASSWORD: 'none' });
    };
    startVictim();
  };

  afterEach(async () => {
    victim.process.kill('SIGKILL');
    await victim.outcome;
    await fleet.close();
  });

  for (const links of ['hub', 'direct']) {
    for (const consistency of ['bsp', 'asp']) {
      it(`goes on without it and says so: ${consistency}, ${links} links`, async () => {
        await open(50);
        // Three boards are asked for, so the run waits for that process.
        const spec = smallRun({ epochs: 30 }, { mode: 'star', star: { consistency }, links, boards: 3 });
        const run = await fleet.train(spec);
        const { plan } = await fleet.until(run, ({ step }) => step > 0);
        victim.process.kill('SIGKILL');
        await once(victim.process, 'exit');

        const status = await fleet.ended(run);
        expect(status.error).to.equal(null);
        expect(status.state).to.equal('finished');
        expect(status.step).to.equal(300);
        expect(status.evaluation).to.include({ step: 300, samples: 30 });
        expect(status.evaluation?.value).to.be.at.least(0.8);
        const position = plan.find(({ agent }) => agent === 'pi-3')?.position;
        const lost = (status.warnings ?? []).filter(({ message }) => message.includes('is lost'));
        expect(lost.map((warning) => warning.position)).to.deep.equal([position]);
        expect(lost[0]?.message).to.match(
          /^worker pi-3 \(position \d\) is lost at step \d+: the server goes on with 2$/,
        );
      });
    }
  }

  it('waits no longer once the board is back as another process, which takes part again from the next cut', async () => {
    await open(1_000_000);
    const spec = smallRun({ epochs: 100 }, { mode: 'star', boards: 3 });
    const run = await fleet.train(spec);
    await fleet.until(run, ({ step }) => step > 0);
    victim.process.kill('SIGKILL');
    await once(victim.process, 'exit');
    startVictim();
    const without = await fleet.until(run, ({ warnings = [] }) => warnings.length > 0);
    expect(without.warnings?.[0]?.message).to.match(/^worker pi-3 .* the server goes on with 2$/);
    const status = await fleet.ended(run);
    expect(status.state).to.equal('finished');
    expect(status.generation).to.be.above(0); // a worker that is lost stays in the plan that it was lost of
    expect(status.plan.map(({ agent }) => agent)).to.include('pi-3');
  });
});
