// From the options of `ringtmp plan` to its text: on boards of profiles, on those of a fleet, beside a run that was made.

import { expect } from 'chai';
import { stringify } from 'yaml';
import type { PlanOptions } from '../../../cli/commands/plan.js';
import type { ComparedRun } from '../../../cli/forecast/compared-run.js';
import { hubOf, plan } from '../../../cli/forecast/plan.js';
import { ConfigurationError } from '../../../errors.js';
import { BOARD_PROFILES } from '../../../hardware/board-profiles.js';
import type { ForecastRequest } from '../../../master/forecast.js';
import type { AgentInfo } from '../../../protocol/agent-messages.js';
import { topicsOf } from '../../../protocol/topics.js';
import type { Transport } from '../../../transport/transport.js';
import { TemporaryFolder } from '../../data/files.js';
import { brokerBus, FLEET } from '../../support/bus.js';
import { smallRun, specOf } from '../../support/specs.js';
import { position, writeRun } from './run-folders.js';

const OFFLINE = { broker: 'mqtt://127.0.0.1:1', fleet: FLEET };
const WIDTH = 120;

function info(agent: string, changes: Partial<AgentInfo> = {}): object {
  return {
    ...{ agent, version: '0.1.0', board: 'Raspberry Pi 4', cores: 4, memoryBytes: 2 ** 28, engine: 'wasm', gflops: 7 },
    ...{ engineReason: 'WebAssembly SIMD', engines: { wasm: 7, plain: 0.5 }, lacks: {}, sensor: null, lights: null },
    ...changes,
  };
}

describe('plan', function () {
  this.timeout(20_000);

  let folder: TemporaryFolder;
  let file = '';
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
    file = await folder.write('run.yaml', stringify(smallRun()));
  });
  afterEach(() => folder.remove());

  const planned = async (options: Partial<PlanOptions>) =>
    JSON.parse(await plan(file, { ...OFFLINE, input: '4', json: true, ...options }, WIDTH)) as {
      readonly request: ForecastRequest;
      readonly assumptions: readonly string[];
      readonly measured: ComparedRun | null;
      readonly differences: readonly string[];
    };

  it('takes as many boards as it is told, else as the run file says, else four that may be too many', async () => {
    const taken = async (boards?: number) => {
      const { request } = await planned({ profile: 'pi-4', ...(boards && { boards }) });
      return [request.boards.length, request.spares];
    };
    expect(await taken()).to.deep.equal([4, true]);
    file = await folder.write('run.yaml', stringify(smallRun({}, { boards: 3 })));
    expect(await taken()).to.deep.equal([3, false]);
    expect(await taken(2)).to.deep.equal([2, false]);
  });

  it('has frames pass where the run file and the options say', () => {
    const [hub, direct] = (['hub', 'direct'] as const).map((links) => specOf(smallRun({}, { links })));
    expect([hub, direct].map((spec) => hubOf(spec as ReturnType<typeof specOf>, undefined))).to.deep.equal([
      'master',
      'none',
    ]);
    expect(hubOf(direct as ReturnType<typeof specOf>, 'apart')).to.equal('apart');
  });

  it('reads beside it what was measured', async () => {
    const against = await writeRun(folder, [1, 1.5, 2], [position(0), position(1)]);
    expect((await planned({ profile: 'pi-4', against })).measured).to.deep.include({ stepMs: 500, steps: 3 });
    const text = await plan(file, { ...OFFLINE, input: '4', profile: 'pi-4', against }, WIDTH);
    expect(text)
      .to.include('measured ring')
      .and.to.match(/^step .* 500\.00 ms$/m);
  });

  describe('beside a run', () => {
    const emulated = { profile: 'pi-4', dilation: 1, drift: 0, overdue: 0 };
    const beside = async (figures: object, options: Partial<PlanOptions> = {}, spec = {}) => {
      const positions = [position(0, figures), position(1, figures), position(2, figures)];
      const against = await writeRun(folder, [1, 1.5, 2], positions, spec);
      return planned({ profile: 'pi-4', boards: 2, against, ...options });
    };

    it('takes the direct links of emulated boards, and says so, unless it is told where frames pass', async () => {
      const { request, assumptions, differences } = await beside({ emulated });
      expect(request.hub).to.equal('none');
      expect(assumptions).to.include('direct links, as those of the run’s emulated boards are (--hub)');
      expect(differences).to.deep.equal([]);
      expect((await beside({ emulated }, { hub: 'apart' })).request.hub).to.equal('apart');
      expect((await beside({ emulated: null })).request.hub).to.equal('master');
    });

    it('tells in what the run was another: boards, profiles, batch, model and mode', async () => {
      const spec = { mode: 'star', training: { batch: 2, microBatches: 1, epochs: 1 } };
      const { differences } = await beside({ emulated: { ...emulated, profile: 'pi-3' } }, { boards: 1 }, spec);
      expect(differences).to.include('mode of the run file: ring here, star in the run');
      expect(differences).to.include('boards: 1 here, 2 in the run');
      expect(differences).to.include('profile at position 0, 1: pi-4 here, pi-3 in the run');
      expect(differences.some((each) => /^batch: \d+ here, 2 in the run$/.test(each))).to.equal(true);
      const model = { layers: [{ type: 'dense', units: 3 }] };
      expect((await beside({ emulated }, {}, { model })).differences).to.include('model: another than in the run');
    });

    it('fills in samples a second, and the busiest link by its profile or as what it carries', async () => {
      const figures = { bytesIn: 1e6, bytesOut: 4e6, wallSeconds: 2 };
      const { measured } = await beside({ ...figures, emulated });
      expect(measured?.samplesPerSecond).to.be.closeTo((1000 * (measured?.spec.training.batch ?? 0)) / 500, 1e-9);
      const linkMbps = BOARD_PROFILES.get('pi-4')?.linkMbps as number;
      expect(measured?.busiest).to.deep.equal({ agent: 'master', direction: 'up', mbps: 16, share: 16 / linkMbps });
      expect((await beside({ ...figures, emulated: null })).measured?.busiest?.share).to.equal(null);
    });
  });

  it('without a profile refuses where no fleet is', async () => {
    const refusal = await planned({}).catch((error) => error);
    expect(refusal).to.be.instanceOf(ConfigurationError);
    expect(refusal.message).to.match(/^no fleet to ask for its boards: /);
  });

  describe('on the boards of a fleet', () => {
    let bus: Awaited<ReturnType<typeof brokerBus>>;
    let options: Partial<PlanOptions>;
    const opened: Transport[] = [];
    beforeEach(async () => {
      bus = await brokerBus();
      options = { broker: `mqtt://127.0.0.1:${bus.broker.port}`, fleet: FLEET };
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((transport) => transport.close()));
      await bus.close();
    });

    async function born(agent: string, changes: Partial<AgentInfo> = {}, state = 'online'): Promise<void> {
      const topics = topicsOf(FLEET);
      const will = { topic: topics.agentStatus(agent), payload: '{"state":"offline"}', qos: 1, retain: true } as const;
      const transport = await bus.connect(agent, will);
      opened.push(transport);
      const tell = (topic: string, body: object) =>
        transport.publish(topic, JSON.stringify(body), { qos: 1, retain: true });
      await tell(topics.agentInfo(agent), info(agent, changes));
      await tell(topics.agentStatus(agent), { state, boot: 1, time: 0 });
    }

    it('takes an emulated board for what it emulates, and supposes the links and watts of a real one', async () => {
      const profile = BOARD_PROFILES.get('pi-3') ?? null;
      await born('attic', { profile, memoryBytes: 123_456_789 });
      await born('cellar');
      await born('gone', {}, 'offline');
      const { request, assumptions } = await planned(options);
      const [attic, cellar] = request.boards;
      expect(request.boards).to.have.length(2);
      expect(attic).to.deep.include({ id: 'attic', memoryBytes: 123_456_789, machine: profile });
      expect(cellar?.machine).to.include({ gflops: 7, linkMbps: 1000, idleW: 0, loadW: 0 });
      expect(request.master).to.deep.include({ id: 'master', machine: profile });
      expect(assumptions[0]).to.match(/^links of 1000 Mbit\/s/);
      expect(assumptions[1]).to.equal('the master is as attic (--master-profile)');
      expect((await planned({ ...options, boards: 1, masterProfile: 'pi-5' })).request).to.deep.include({
        boards: [attic],
        spares: false,
      });
    });

    it('takes the boards that a run would take, and asks no other for its engine', async () => {
      await born('pi-10', { engines: { plain: 0.5 }, engine: 'plain' });
      for (const agent of ['pi-9', 'pi-2']) await born(agent);
      const { request } = await planned({ ...options, boards: 2 });
      expect(request.boards.map(({ id, gflops }) => [id, gflops])).to.deep.equal([
        ['pi-2', 7],
        ['pi-9', 7],
      ]);
    });

    it('refuses where fewer are online than are asked for', async () => {
      await born('attic');
      const refusal = await planned({ ...options, boards: 3 }).catch((error) => error);
      expect(refusal).to.be.instanceOf(ConfigurationError);
      expect(refusal.message).to.equal('3 boards are asked for, and 1 online: attic');
      expect(refusal.remedy).to.include('--boards 1').and.to.include('--profile');
    });

    it('refuses where no board is online', async () => {
      await born('gone', {}, 'offline');
      const refusal = await planned(options).catch((error) => error);
      expect(refusal).to.be.instanceOf(ConfigurationError);
      expect(refusal.message).to.equal('the fleet has no board online');
      expect(refusal.remedy).to.include('--profile pi-4 --boards 4');
    });
  });
});
