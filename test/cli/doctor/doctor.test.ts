// The real command: on a fleet that is there, and where there is none.

import { expect } from 'chai';
import { boardName } from '../../../cli/config/board-name.js';
import type { Finding } from '../../../cli/doctor/finding.js';
import type { Master } from '../../../master/master.js';
import { topicsOf } from '../../../protocol/topics.js';
import { serveRequests } from '../../../transport/request-server.js';
import { brokerBus, FLEET } from '../../support/bus.js';
import { startTestMaster } from '../../support/fleet.js';
import { ringtmp } from '../ringtmp.js';
import { STATUS } from '../run-samples.js';

const topics = topicsOf(FLEET);
const QUICK = ['--engine', 'plain', '--lights', 'none'];

describe('ringtmp doctor', function () {
  this.timeout(30_000);

  const of = (findings: readonly Finding[], check: string) => findings.find((finding) => finding.check === check);

  it('finds a fleet, and how far its clock is from ours', async () => {
    const bus = await brokerBus();
    let master: Master | undefined;
    try {
      master = await startTestMaster(bus);
      const address = ['--broker', `mqtt://127.0.0.1:${bus.broker.port}`, '--fleet', FLEET];
      const { code, stdout } = await ringtmp(['doctor', '--json', ...QUICK, ...address]);
      const { healthy, findings } = JSON.parse(stdout);
      expect({ code, healthy }).to.deep.equal({ code: 0, healthy: true });
      expect(of(findings, 'node')?.figures).to.include({ version: process.versions.node });
      expect(of(findings, 'engine')?.message).to.match(/^plain, [\d.]+ GFLOP\/s/);
      expect(of(findings, 'lights')).to.include({ message: 'none, as told (lights: none)' });
      expect(of(findings, 'broker')).to.include({ level: 'ok' });
      expect(of(findings, 'login')).to.include({ message: 'an operator without a name is let in' });
      expect(of(findings, 'clock')).to.include({ level: 'ok' });
      const { figures } = of(findings, 'clock') as Finding;
      const { offsetMs, withinMs } = figures as { offsetMs: number; withinMs: number };
      expect(Math.abs(offsetMs)).to.be.at.most(withinMs + 1); // the same clock, in whole milliseconds
    } finally {
      await master?.close();
      await bus.close();
    }
  });

  it('spares a run that the master tells of, unless forced', async () => {
    const bus = await brokerBus();
    try {
      const plan = STATUS.plan.map((entry) => ({ ...entry, agent: boardName() }));
      await serveRequests({
        transport: await bus.connect('master'),
        requestTopic: topics.masterRequest,
        responseTopic: topics.masterResponse,
        handlers: { runs: async () => ({ runs: [{ ...STATUS, plan }] }) },
        now: Date.now,
        clockIsSet: () => true,
      });
      const address = ['--broker', `mqtt://127.0.0.1:${bus.broker.port}`, '--fleet', FLEET];
      const engineOf = async (...more: string[]) => {
        const { stdout } = await ringtmp(['doctor', '--json', ...QUICK, ...address, ...more]);
        return of(JSON.parse(stdout).findings, 'engine')?.message;
      };
      expect(await engineOf()).to.match(/^not tried: the run .* is on/);
      expect(await engineOf('--force')).to.match(/GFLOP/);
    } finally {
      await bus.close();
    }
  });

  it('exits with 1 and says what to do when there is a problem', async () => {
    const { code, stdout } = await ringtmp(['doctor', ...QUICK, '--broker', 'mqtt://127.0.0.1:1']);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^ok {7}node +Node\.js/m);
    expect(stdout).to.match(
      /^problem {2}broker +cannot connect .*: nothing listens there\n +→ Start one with `ringtmp broker`/m,
    );
    expect(stdout.trimEnd().split('\n').at(-1)).to.match(/^1 problem/);
  });

  it('says how it is used', async () => {
    const { code, stdout } = await ringtmp(['doctor', '--help']);
    expect(code).to.equal(0);
    expect(stdout).to.include('--no-blink').and.to.include('$ ringtmp doctor --id kitchen');
  });
});
