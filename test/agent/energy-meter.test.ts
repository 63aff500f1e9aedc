// The sampling: its pace, sensors that fail, hang and come back; on a clock that the test turns.

import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { EnergyMeter, withMeter } from '../../agent/energy-meter.js';
import { HardwareError } from '../../errors.js';
import type { PowerReading, PowerSensor } from '../../hardware/power/power-sensor.js';
import type { Activity } from '../../node/activity.js';
import { rejectionOf } from '../transport/inbox.js';
import { turnedClock } from '../transport/turned-clock.js';

const IDLE = { phase: 'idle', seconds: { forward: 0, backward: 0, update: 0, serialise: 0 } } as unknown as Activity;

interface Bench {
  readonly clock: ReturnType<typeof turnedClock>;
  readonly meter: EnergyMeter;
  readonly readAt: number[];
  readonly told: string[];
  readonly sensor: PowerSensor;
  read: () => Promise<number>;
  isClosed: boolean;
  /** Turns the clock in steps, with what is due in between. */
  pass(ms: number, stepMs?: number): Promise<void>;
}

function openBench(source: PowerSensor['source'] = 'measured', sampleHz = 20): Bench {
  const clock = turnedClock();
  const bench: Partial<Bench> & Pick<Bench, 'read' | 'isClosed'> = { read: async () => 4, isClosed: false };
  const readAt: number[] = [];
  const told: string[] = [];
  const sensor: PowerSensor = {
    name: 'made up',
    source,
    read: async (): Promise<PowerReading> => {
      const atMs = clock.nowMs();
      readAt.push(atMs);
      return { atMs, watts: await bench.read(), volts: 5, amps: 0.8, countedJoules: null };
    },
    close: async () => {
      bench.isClosed = true;
    },
  };
  const say = (_: object, message: string) => void told.push(message);
  const meter = new EnergyMeter({ sensor, sampleHz, clock, log: { info: say, warn: say } });
  const pass = async (ms: number, stepMs = 10) => {
    for (const endMs = clock.nowMs() + ms; clock.nowMs() < endMs; ) {
      clock.turnTo(Math.min(endMs, clock.nowMs() + stepMs));
      await turn();
    }
  };
  return Object.assign(bench, { clock, meter, readAt, told, sensor, pass }) as Bench;
}

describe('the energy meter', () => {
  it('samples at its pace', async () => {
    const { readAt, pass, meter } = openBench();
    await pass(200);
    expect(readAt).to.deep.equal([50, 100, 150, 200]);
    await meter.close();
  });

  it('makes up for no moment that has passed', async () => {
    const { readAt, clock, pass, meter } = openBench();
    await pass(50);
    clock.turnTo(310); // the process stood still
    await turn();
    await pass(90);
    expect(readAt).to.deep.equal([50, 100, 350, 400]);
    await meter.close();
  });

  it('tells the present power, and none that is old', async () => {
    const bench = openBench();
    expect(bench.meter.present).to.equal(null);
    await bench.pass(50);
    expect(bench.meter.present).to.deep.equal({
      source: 'measured',
      ...{ watts: 4, volts: 5, amps: 0.8, countedJoules: null },
    });
    bench.read = () => Promise.reject(new HardwareError('gone'));
    await bench.pass(5_100, 50);
    expect(bench.meter.present).to.equal(null);
    await bench.meter.close();
  });

  it('keeps the joules of a position from its beginning to its end', async () => {
    const { meter, pass } = openBench();
    await pass(75);
    const energy = meter.begin(IDLE);
    await pass(1000);
    await meter.sample();
    const { source, joules } = energy.figures()!;
    expect(source).to.equal('measured');
    expect(joules.idle).to.be.closeTo(4, 1e-9);
    energy.end();
    await pass(100);
    expect(energy.figures()?.joules.idle).to.be.closeTo(4, 1e-9);
    await meter.close();
  });

  it('has joules of a position that was shorter than its pace', async () => {
    const { meter, pass } = openBench();
    const energy = meter.begin(IDLE);
    await pass(20);
    await meter.sample();
    expect(energy.figures()?.joules.idle).to.be.closeTo(0.08, 1e-9);
    await meter.close();
  });

  for (const source of ['modelled', 'simulated'] as const) {
    it(`does not call measured what is ${source}`, async () => {
      const { meter, pass } = openBench(source);
      const energy = meter.begin(IDLE);
      await pass(100);
      expect([meter.present?.source, energy.figures()?.source]).to.deep.equal([source, source]);
      await meter.close();
    });
  }

  it('bears a sensor that fails for a while, and tells it once', async () => {
    const bench = openBench();
    const energy = bench.meter.begin(IDLE);
    await bench.pass(100);
    bench.read = () => Promise.reject(new HardwareError('nobody answers'));
    await bench.pass(500);
    bench.read = async () => 4;
    await bench.pass(100);
    expect(bench.told).to.deep.equal(['no power reading', 'the power sensor gives readings again']);
    expect(energy.figures()?.joules.idle).to.be.closeTo(2.8, 1e-9);
    await bench.meter.close();
  });

  it('is held up by no sensor that hangs, and asks it once', async () => {
    const bench = openBench();
    let answer = (_watts: number) => {};
    bench.read = () => {
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    const sampled = bench.meter.sample();
    await bench.pass(1_000);
    await sampled;
    await bench.pass(1_000);
    expect(bench.readAt).to.have.length(1);
    expect(bench.told).to.deep.equal(['no power reading']);
    answer(3);
    await bench.pass(200);
    expect(bench.told.at(-1)).to.equal('the power sensor gives readings again');
    answer(3);
    await bench.meter.close();
    expect(bench.isClosed).to.equal(true);
  });

  it('tells once of a sensor that was not there before, and calls nothing measured that was modelled in part', async () => {
    const bench = openBench('modelled');
    const { meter, pass, told, sensor } = bench;
    const named: string[] = [];
    meter.onSensor((name) => named.push(name));
    const early = meter.begin(IDLE);
    await pass(100);
    Object.assign(sensor, { name: 'ina226', source: 'measured' });
    expect(meter.present?.source, 'of the reading before').to.equal('modelled');
    await pass(100);
    expect(meter.present?.source).to.equal('measured');
    const late = meter.begin(IDLE);
    await pass(100);
    expect([early.figures()?.source, late.figures()?.source]).to.deep.equal(['modelled', 'measured']);
    expect(named).to.deep.equal(['ina226']);
    expect(told).to.deep.equal(['the power sensor is there now']);
    await meter.close();
  });

  it('samples no more once it is closed', async () => {
    const bench = openBench();
    await bench.pass(100);
    await bench.meter.close();
    await bench.pass(300);
    expect(bench.readAt).to.deep.equal([50, 100]);
  });

  it('is closed where what needs it cannot begin', async () => {
    let isClosed = false;
    const close = async () => {
      isClosed = true;
    };
    const sensor: PowerSensor = { name: 'made up', source: 'measured', read: () => Promise.reject(new Error()), close };
    const log = { info() {}, warn() {} };
    const failure = new HardwareError('no');
    const options = { sensor, sampleHz: 20, clock: turnedClock(), log };
    expect(await rejectionOf(withMeter(options, () => Promise.reject(failure)))).to.equal(failure);
    expect(isClosed).to.equal(true);
    expect(await withMeter(undefined, async (meter) => meter)).to.equal(undefined);
  });
});
