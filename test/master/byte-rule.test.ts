// The rule of which mode moves fewer bytes: against its closed form in the simplest case, and against the frames that
// the simulator counts, to the byte.

import { expect } from 'chai';
import fc from 'fast-check';
import type { LayerSpec } from '../../compute/specs.js';
import { type ByteRule, byteRule } from '../../master/byte-rule.js';
import { type Forecast, forecast } from '../../master/forecast.js';
import { sharesOf } from '../../master/star-plan.js';
import { MODES, type Mode, type RunSpec } from '../../protocol/run-spec.js';
import { FrameSizes } from '../../simulation/frame-bytes.js';
import type { Simulated } from '../../simulation/result.js';
import type { HubPlace } from '../../simulation/scenario.js';
import { specOf } from '../support/specs.js';
import { forecastRequest } from './forecast-requests.js';

const INPUT = 20;

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
  return byteRule({
    spec: runOf(widths, changes),
    inputShape: [INPUT],
    ranges,
    shares: sharesOf(24, Array(workers).fill(1)),
    hub,
  });
}

function parametersOf(widths: readonly number[]): number {
  return widths.reduce((sum, width, index) => sum + width * (widths[index - 1] ?? INPUT), 0);
}

function fitting({ modes }: Forecast, mode: Mode): Simulated {
  const found = modes[mode];
  if (!found.fits) throw new Error(found.reason);
  return found.result;
}

const someWidths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });

const SIZES = new FrameSizes('bytes');

/** Of the four micro-batches of a step. */
function ringFrames(kind: 'activation' | 'gradient' | 'done', width = 0): number {
  return 4 * SIZES.of(kind === 'done' ? { kind } : { kind, shape: [6, width] });
}

describe('the byte rule', () => {
  it('is the closed form beside which headers are small: B x sum of cuts both ways, and N x W', () => {
    const widths = fc.array(fc.integer({ min: 400, max: 600 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.record({ widths, workers: fc.integer({ min: 1, max: 8 }) }), ({ widths, workers }) => {
        const { ring, star, cutElements, parameters } = ruleOf(widths, { star: { data: 'local' } }, 'none', workers);
        expect([cutElements, parameters]).to.deep.equal([
          widths.reduce((sum, width) => sum + width, 0),
          parametersOf(widths),
        ]);
        const [cuts, weights] = [4 * 24 * (INPUT + 2 * cutElements), 2 * 4 * workers * parameters];
        expect(ring.crossing).to.be.within(cuts, 1.15 * cuts);
        expect(star.crossing).to.be.within(weights, 1.05 * weights);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('names the mode that moves fewer bytes in the table, however small the model', () => {
    const aRun = fc.record({
      widths: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
      boards: fc.integer({ min: 1, max: 4 }),
      batch: fc.constantFrom(8, 16, 32, 64),
      microBatches: fc.constantFrom(1, 2, 4, 8),
    });
    fc.assert(
      fc.property(aRun, ({ widths, boards, batch, microBatches }) => {
        fc.pre(boards <= widths.length);
        const spec = runOf(widths, { training: { batch, microBatches } });
        const found = forecast(forecastRequest(spec, boards, { inputShape: [4] }));
        const { ring, star } = found.bytes as ByteRule;
        const [ofRing, ofStar] = MODES.map((mode) => fitting(found, mode).bytes) as [number, number];
        expect(Math.sign(Math.round(ring.crossing - star.crossing))).to.equal(Math.sign(Math.round(ofRing - ofStar)));
      }),
      { seed: 3, numRuns: 100 },
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
        for (const mode of MODES) {
          const { bytes } = fitting(found, mode);
          expect(rule[mode].crossing, mode).to.be.closeTo(bytes, 1e-6 * bytes);
        }
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
      expect(master.upBytes + master.downBytes, mode).to.be.closeTo(told, 1e-6 * told);
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
    expect(ring.sent - ring.atMaster, 'the cuts between boards').to.equal(
      [30, 40].reduce((sum, width) => sum + ringFrames('activation', width) + ringFrames('gradient', width), 0),
    );
  });

  it('counts of a star what its filter lets through, each entry with its place', () => {
    const widths = [100, 100];
    const filtered = (filter: object) => ruleOf(widths, { star: { data: 'local', filter } }).star.sent;
    const parameters = parametersOf(widths);
    const weights = SIZES.of({ kind: 'parameters', shape: [parameters], ofStar: true });
    const sparse = (entries: number) => SIZES.of({ kind: 'gradient', shape: [entries], isSparse: true, ofStar: true });
    expect(filtered({ type: 'topK', share: 0.05 })).to.equal(2 * (weights + sparse(0.05 * parameters)));
    // What passes is not known before: as if it were all.
    expect(filtered({ type: 'significance', threshold: 0.01 })).to.equal(2 * (weights + sparse(parameters)));
  });

  it('divides a star’s weights by its local steps, but not its data', () => {
    const sent = (star: object) => ruleOf([50, 50], { star }).star.sent;
    expect(sent({ data: 'local' })).to.equal(4 * sent({ data: 'local', localSteps: 4 }));
    const samples = SIZES.of({ kind: 'activation', shape: [12, INPUT], ofStar: true });
    const data = 2 * (samples + SIZES.of({ kind: 'targets', shape: [12, 1], ofStar: true }));
    expect(sent({}) - sent({ data: 'local' })).to.equal(data);
    expect(sent({ localSteps: 4 }) - sent({ data: 'local', localSteps: 4 })).to.equal(data);
  });

  it('has the data enter a ring, and its master’s own stage send nothing', () => {
    const ranges = [0, 1, 2].map((layer) => ({ first: layer, end: layer + 1 }));
    const rule = (masterStage: boolean) => {
      const spec = runOf([30, 40, 50], { masterStage });
      return byteRule({ spec, inputShape: [INPUT], ranges, shares: [12, 12], hub: 'none' });
    };
    const stream = ringFrames('activation', INPUT) + ringFrames('done');
    const cut = (width: number) => ringFrames('activation', width) + ringFrames('gradient', width);
    expect(rule(false).ring.atMaster).to.equal(stream + cut(50));
    expect(rule(true).ring.atMaster).to.equal(stream + cut(40));
    expect([rule(false).cutElements, rule(true).cutElements]).to.deep.equal([120, 70]);
  });
});
