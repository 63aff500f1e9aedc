import { expect } from 'chai';
import { runningRun, takeSnapshot } from '../../cli/snapshot.js';
import { renderFleet } from '../../cli/view/render-fleet.js';
import { renderRuns } from '../../cli/view/render-runs.js';
import { rejectionOf } from '../transport/inbox.js';
import { type Bench, openBench } from './fake-master.js';
import { STATUS, telemetry } from './run-samples.js';

const INFO = {
  agent: 'board-1',
  version: '0.1.0',
  board: 'Raspberry Pi 4',
  cores: 4,
  memoryBytes: 512 * 2 ** 20,
  engine: 'wasm',
  gflops: 7.25,
  engineReason: 'WebAssembly SIMD; no blas: libopenblas.so.0 was not found',
  engines: { wasm: 7.25, plain: 0.5 },
  lacks: { blas: 'libopenblas.so.0 was not found' },
  sensor: null,
  lights: null,
};

describe('a look at the fleet', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });

  async function populate(): Promise<void> {
    const { publish, topics } = bench;
    await publish(topics.masterStatus(), { state: 'online', boot: 1, time: 0 }, true);
    await publish(topics.agentStatus('board-2'), { state: 'offline', boot: 1, time: 0 }, true);
    await publish(topics.agentStatus('board-1'), { state: 'online', boot: 1, time: 0 }, true);
    await publish(topics.agentInfo('board-1'), INFO, true);
    await bench.publishStatus({});
  }

  it('shows the master, the boards and the run that is going on', async () => {
    await populate();
    const looking = takeSnapshot(bench.client);
    await bench.publish(bench.topics.agentTelemetry('board-1'), telemetry('digits-1'), true);
    const snapshot = await looking;
    expect(snapshot).to.deep.include({ fleet: 'lab', master: 'online' });
    expect(Object.keys(snapshot.boards)).to.deep.equal(['board-1', 'board-2']);
    expect(renderFleet(snapshot, 120).split('\n')).to.deep.equal([
      'fleet lab: master online, 1 of 2 boards online',
      '',
      'board    state    phase    idle  run       engine  GFLOP/s      cap  memory  cores  hardware',
      'board-1  online   forward  13 %  digits-1  wasm        7.3  512 MiB  70 MiB      4  Raspberry Pi 4',
      'board-2  offline  –           –  –         –             –        –       –      –  –',
      '',
      'digits-1 running  epoch 2/4  step 30/120  loss 0.4321  held-out accuracy 91.2 %  12,346 samples/s  ETA 1 min 15 s',
    ]);
  });

  it('shows the power of boards that tell it, and whether it was measured', async () => {
    await populate();
    const { client, publish, topics } = bench;
    await publish(topics.agentStatus('board-2'), { state: 'online', boot: 1, time: 0 }, true);
    const looking = takeSnapshot(client);
    const power = (source: string) => ({ source, watts: 3.456, volts: null, amps: null });
    await publish(topics.agentTelemetry('board-1'), { ...telemetry(null, null), power: power('measured') }, true);
    await publish(topics.agentTelemetry('board-2'), { ...telemetry(null, null), power: power('modelled') }, true);
    const lines = renderFleet(await looking, 160).split('\n');
    expect(lines[2]).to.match(/hardware {2,}power$/);
    expect(lines[3]).to.match(/^board-1 .* 3\.46 W measured$/);
    expect(lines[4]).to.match(/^board-2 .* 3\.46 W modelled$/);
  });

  it('shows an empty fleet', async () => {
    expect(renderFleet(await takeSnapshot(bench.client), 120)).to.equal(
      'fleet lab: master unknown, 0 of 0 boards online',
    );
  });

  it('finds the run that is going on', async () => {
    expect((await rejectionOf(runningRun(bench.client))).message).to.equal('no run is going on');
    await bench.publishStatus({ state: 'paused' });
    expect(await runningRun(bench.client)).to.equal('digits-1');
    await bench.publishStatus({ state: 'finished' });
    expect((await rejectionOf(runningRun(bench.client))).remedy).to.include('ringtmp train');
  });

  it('finds no run of a master that is offline, or that has started since', async () => {
    const master = (state: string, boot: number) => {
      return bench.publish(bench.topics.masterStatus(), { state, boot, time: 0 }, true);
    };
    await bench.publishStatus({ startedAt: 5 });
    await master('offline', 1);
    expect((await rejectionOf(runningRun(bench.client))).message).to.include('the master is offline');
    await master('online', 9);
    expect((await rejectionOf(runningRun(bench.client))).message).to.equal('no run is going on');
    await master('online', 1);
    expect(await runningRun(bench.client)).to.equal('digits-1');
  });

  it('lists runs, the newest last', () => {
    expect(renderRuns([], 120)).to.equal('no runs');
    const runs = [{ ...STATUS, run: 'digits-2', startedAt: 9, evaluation: null }, STATUS];
    expect(renderRuns(runs, 120).split('\n')).to.deep.equal([
      'run       state    epoch    step    loss  held-out         time  folder',
      'digits-1  running    2/4  30/120  0.4321  91.2 % accuracy  25 s  runs/digits-1',
      'digits-2  running    2/4  30/120  0.4321  –                25 s  runs/digits-1',
    ]);
  });
});
