// The rule of which mode moves fewer bytes: against its closed form in the simplest case, and against the frames that
// the simulator counts, whose headers are all that it leaves out.

import { expect } from 'chai';
import fc from 'fast-check';
import type { LayerSpec } from '../../compute/specs.js';
import { type ByteRule, byteRule } from '../../master/byte-rule.js';
import { type Forecast, forecast } from '../../master/forecast.js';
import type { Mode, RunSpec } from '../../protocol/run-spec.js';
import type { Simulated } from '../../simulation/result.js';
import type { HubPlace } from '../../simulation/scenario.js';
import { specOf } from '../support/specs.js';
import { forecastRequest } from './forecast-requests.js';

const INPUT = 20;
/** Tensor name, shape, run, step and times: more than a frame's header ever is. */
const HEADER_BYTES = 400;

function runOf(widths: readonly number[], changes: object = {}): RunSpec {
  const layers = widths.map((units): LayerSpec => ({ type: 'dense', units, useBias: false }));
  return specOf({
    name: 'bytes',
    data: { source: 'mnist' },
    model: { layers },
    loss: 'meanSquaredError',
    optimizer: { type: 'sgd' },
    training: { batch: 24, microBatches: 4 },
    ...changes,
  });
}

/** One board a layer. */
function ruleOf(widths: readonly number[], changes: object = {}, hub: HubPlace = 'none', workers = widths.length) {
  const ranges = widths.map((_, index) => ({ first: index, end: index + 1 }));
  return byteRule({ spec: runOf(widths, changes), inputShape: [INPUT], ranges, workers, hub });
}

function parametersOf(widths: readonly number[]): number {
  return widths.reduce((sum, width, index) => sum + width * (widths[index - 1] ?? INPUT), 0);
}

/** Tensors as the simulator counts them, within the headers of its frames. */
function expectWithinHeaders(told: number, { bytes, frames }: Simulated): void {
  expect(bytes).to.be.within(told - 1e-6 * told, told + HEADER_BYTES * frames);
}

function fitting({ modes }: Forecast, mode: Mode): Simulated {
  const found = modes[mode];
  if (!found.fits) throw new Error(found.reason);
  return found.result;
}

/** Multiples of 4, so that no weights leave a gap in the flat vector of a star, which the rule leaves out too. */
const someWidths = fc.array(
  fc.integer({ min: 1, max: 15 }).map((fours) => 4 * fours),
  { minLength: 1, maxLength: 5 },
);

describe('the byte rule', () => {
  it('lets the ring win where B x sum of cuts is below N x W, if all numbers are of one size and data are elsewhere', () => {
    const aRun = fc.record({ widths: someWidths, workers: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(aRun, ({ widths, workers }) => {
        const { ring, star, cutElements, parameters } = ruleOf(widths, { star: { data: 'local' } }, 'none', workers);
        expect([cutElements, parameters]).to.deep.equal([
          widths.reduce((sum, width) => sum + width, 0),
          parametersOf(widths),
        ]);
        const stream = 24 * INPUT * 4;
        expect(ring.crossing - stream).to.equal(2 * 4 * 24 * cutElements);
        expect(star.crossing).to.equal(2 * 4 * workers * parameters);
        expect(ring.crossing - stream < star.crossing).to.equal(24 * cutElements < workers * parameters);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('tells what the simulator counts, for either mode and whatever may narrow, filter or double', () => {
    const dtype = fc.constantFrom('f32', 'f16', 'bf16', 'int8');
    const aRun = fc.record({
      widths: someWidths,
      boards: fc.integer({ min: 1, max: 5 }),
      microBatches: fc.constantFrom(1, 2, 4, 8),
      masterStage: fc.boolean(),
      hub: fc.constantFrom<HubPlace>('none', 'master', 'apart'),
      wire: fc.record({ activations: dtype, gradients: dtype, parameters: fc.constantFrom('f32', 'f16', 'bf16') }),
      star: fc.record({
        consistency: fc.constantFrom('bsp', 'ssp', 'asp'),
        localSteps: fc.constantFrom(1, 2, 3),
        data: fc.constantFrom('stream', 'local'),
        filter: fc.constantFrom({ type: 'none' }, { type: 'topK', share: 0.1 }),
      }),
    });
    fc.assert(
      fc.property(aRun, ({ widths, boards, microBatches, masterStage, hub, wire, star }) => {
        const count = Math.min(boards, widths.length - (masterStage ? 1 : 0));
        fc.pre(count >= 1);
        const spec = runOf(widths, { training: { batch: 24, microBatches }, masterStage, wire, star });
        const found = forecast(forecastRequest(spec, count, { inputShape: [INPUT], hub }));
        const rule = found.bytes as ByteRule;
        expectWithinHeaders(rule.ring.crossing, fitting(found, 'ring'));
        expectWithinHeaders(rule.star.crossing, fitting(found, 'star'));
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('tells what of it goes through the master’s link, as the simulator counts it', () => {
    const spec = runOf([300, 400, 50]); // three pieces
    const found = forecast(forecastRequest(spec, 3, { inputShape: [INPUT] }));
    for (const mode of ['ring', 'star'] as const) {
      const { positions } = fitting(found, mode);
      const [master] = positions as [(typeof positions)[number]];
      const told = (found.bytes as ByteRule)[mode].atMaster;
      const frames = master.upFrames + master.downFrames;
      expect(master.upBytes + master.downBytes, mode).to.be.within(told, told + HEADER_BYTES * frames);
    }
  });

  it('doubles through a hub what has it at neither end', () => {
    const [direct, own, apart] = (['none', 'master', 'apart'] as const).map((hub) => ruleOf([30, 40, 50], {}, hub));
    for (const mode of ['ring', 'star'] as const) {
      const { sent, atMaster, crossing } = (direct as ByteRule)[mode];
      expect(crossing).to.equal(sent);
      expect(own?.[mode].crossing).to.equal(2 * sent - atMaster);
      expect(apart?.[mode].crossing).to.equal(2 * sent);
    }
    const { ring, star } = direct as ByteRule;
    expect(star.atMaster, 'a star has nothing that is not the server’s').to.equal(star.sent);
    expect(ring.sent - ring.atMaster, 'the cuts between boards').to.equal(2 * 4 * 24 * (30 + 40));
  });

  it('counts of a star what its filter lets through, each entry with its place', () => {
    const widths = [100, 100];
    const plain = ruleOf(widths, { star: { data: 'local' } }).star.sent;
    const filtered = (filter: object) => ruleOf(widths, { star: { data: 'local', filter } }).star.sent;
    const parameters = parametersOf(widths);
    const entries = 0.05 * parameters;
    expect(filtered({ type: 'topK', share: 0.05 })).to.equal(2 * (4 * parameters + (4 + 2) * entries));
    // What passes is not known before: as if it were all.
    expect(filtered({ type: 'significance', threshold: 0.01 })).to.equal(plain + 2 * 2 * parameters);
  });

  it('divides a star’s weights by its local steps, but not its data', () => {
    const sent = (star: object) => ruleOf([50, 50], { star }).star.sent;
    expect(sent({ data: 'local' })).to.equal(4 * sent({ data: 'local', localSteps: 4 }));
    const data = 24 * (INPUT + 1) * 4;
    expect(sent({}) - sent({ data: 'local' })).to.equal(data);
    expect(sent({ localSteps: 4 }) - sent({ data: 'local', localSteps: 4 })).to.equal(data);
  });

  it('has the data enter a ring, and its master’s own stage send nothing', () => {
    const ranges = [0, 1, 2].map((layer) => ({ first: layer, end: layer + 1 }));
    const rule = (masterStage: boolean) => {
      const spec = runOf([30, 40, 50], { masterStage });
      return byteRule({ spec, inputShape: [INPUT], ranges, workers: 2, hub: 'none' });
    };
    const stream = 24 * INPUT * 4;
    expect(rule(false).ring.atMaster).to.equal(stream + 2 * 4 * 24 * 50);
    expect(rule(true).ring.atMaster).to.equal(stream + 2 * 4 * 24 * 40);
    expect([rule(false).cutElements, rule(true).cutElements]).to.deep.equal([120, 70]);
  });
});
