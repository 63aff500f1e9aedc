// Forecasts of both modes: each by its own rules whatever the run file says, and what does not fit is told.

import { expect } from 'chai';
import fc from 'fast-check';
import { type FittingMode, forecast, forecastMode, type ModeForecast, type UnfitMode } from '../../master/forecast.js';
import { MODES, type Mode, type RunSpec } from '../../protocol/run-spec.js';
import { evenRun, UNITS } from '../simulation/scenarios.js';
import { forecastBoard, forecastRequest } from './forecast-requests.js';

const [LAYERS, BATCH] = [4, 24];
const WEIGHTS = LAYERS * UNITS * UNITS;

function runOf(mode: Mode, training: object = {}, changes: object = {}): RunSpec {
  return evenRun(LAYERS, { mode, training: { batch: BATCH, microBatches: 4, ...training }, ...changes });
}

function fitting(found: ModeForecast): FittingMode {
  if (!found.fits) throw new Error(`it should fit: ${found.reason}`);
  return found;
}

function unfit(found: ModeForecast): UnfitMode {
  if (found.fits) throw new Error('it should not fit');
  return found;
}

describe('forecast', () => {
  it('is the same whichever mode the run file says, for each mode and for the bytes', () => {
    const aRequest = fc.record({
      boards: fc.integer({ min: 1, max: 7 }),
      kilobytes: fc.integer({ min: 40, max: 1500 }),
      spares: fc.boolean(),
      masterStage: fc.boolean(),
      optimizer: fc.constantFrom({ type: 'sgd', momentum: 0.9 }, { type: 'adam' }),
      hub: fc.constantFrom('none' as const, 'master' as const, 'apart' as const),
    });
    fc.assert(
      fc.property(aRequest, ({ boards, kilobytes, spares, masterStage, optimizer, hub }) => {
        const [ring, star] = MODES.map((mode) => {
          const spec = runOf(mode, { batch: 5, microBatches: 1 }, { masterStage, optimizer });
          return forecast(forecastRequest(spec, boards, { spares, hub }, { memoryBytes: 1000 * kilobytes }));
        });
        expect(star).to.deep.equal(ring);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('counts a star’s memory by its replicas, so that what its boards cannot hold does not fit', () => {
    // A replica takes weights and gradients; a stage of the ring a quarter of the weights, and more beside.
    const memoryBytes = 1.5 * 4 * WEIGHTS;
    for (const mode of MODES) {
      const { modes } = forecast(forecastRequest(runOf(mode), 4, {}, { memoryBytes }));
      expect(modes.ring.fits, `ring of a file of ${mode}`).to.equal(true);
      expect(unfit(modes.star).reason).to.match(/does not fit in a star: board pi-1 .* needs \d+ bytes, \d+ more than/);
      expect(unfit(modes.star).remedy).to.include('mode: ring');
    }
  });

  it('tells what does not fit with its reason and what to do: too little memory, too many boards, too few samples', () => {
    const small = forecast(forecastRequest(runOf('ring'), 2, {}, { memoryBytes: 1000 }));
    expect(unfit(small.modes.ring).reason).to.match(/dense_0.* on pi-1 needs \d+ bytes/);
    expect(unfit(small.modes.ring).remedy).to.include('Add boards');
    expect(small.bytes).to.equal(null);

    const many = forecast(forecastRequest(runOf('ring'), LAYERS + 1));
    expect(unfit(many.modes.ring).reason).to.include('5 stages are asked for, but the model has only 4 layers');
    expect(unfit(many.modes.ring).remedy).to.include('Ask for at most 4 boards');
    expect([many.modes.star.fits, many.bytes]).to.deep.equal([true, null]);

    const few = unfit(forecastMode('star', forecastRequest(runOf('star', { batch: 2, microBatches: 1 }), 3)));
    expect(few.reason).to.equal('a batch of 2 samples has no share for each of 3 workers');
    expect(few.remedy).to.include('training.batch to at least 3');
  });

  it('leaves boards out that would have nothing to do, as a run does, where no number of boards is asked for', () => {
    const spec = runOf('star', { batch: 6, microBatches: 1 });
    const { modes, bytes } = forecast(forecastRequest(spec, 9, { spares: true }));
    expect(fitting(modes.ring).agents).to.deep.equal(['master', 'pi-1', 'pi-2', 'pi-3', 'pi-4']);
    expect(fitting(modes.star).agents).to.have.length(1 + 6);
    expect(bytes?.star.sent).to.be.closeTo(fitting(modes.star).result.bytes, 1e-6);
    expect(bytes?.cutElements).to.equal(4 * UNITS);
  });

  it('does not hide faults that are nobody’s memory', () => {
    const request = forecastRequest(runOf('ring'), 2);
    const broken = { ...request, boards: null } as unknown as typeof request;
    expect(() => forecastMode('ring', broken)).to.throw(TypeError);
  });

  it('knows a ring of one board, which holds all layers', () => {
    const { agents, layers, result } = fitting(forecastMode('ring', forecastRequest(runOf('ring'), 1)));
    expect(agents).to.deep.equal(['master', 'pi-1']);
    expect(layers).to.deep.equal([[], ['dense_0', 'dense_1', 'dense_2', 'dense_3']]);
    // Data and gradients of the loss go to it, outputs and the word that it is done come back.
    expect(result.flows.map(({ from, to, frames }) => [from, to, frames])).to.have.deep.members([
      [0, 1, 8],
      [1, 0, 8],
    ]);
  });

  it('gives the last layers to a master that has a stage', () => {
    const { layers } = fitting(forecastMode('ring', forecastRequest(runOf('ring', {}, { masterStage: true }), 3)));
    expect(layers).to.deep.equal([['dense_3'], ['dense_0'], ['dense_1'], ['dense_2']]);
  });

  it('has figures above 0 at every position of either mode', () => {
    const { modes } = forecast(forecastRequest(runOf('ring'), 3));
    for (const mode of MODES) {
      const { result, agents } = fitting(modes[mode]);
      expect(result.positions).to.have.length(agents.length);
      for (const figure of [result.stepMs, result.frames, result.busiest.share]) expect(figure, mode).to.be.above(0);
      expect(result.samplesPerSecond).to.be.closeTo((1000 * BATCH) / result.stepMs, 1e-6);
      for (const { upBytes, downBytes, joules } of result.positions) {
        for (const figure of [upBytes, downBytes, joules]) expect(figure, mode).to.be.above(0);
      }
    }
  });

  it('moves all weights to each worker of a star and back, and each sample once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (workers) => {
        const { result } = fitting(forecastMode('star', forecastRequest(runOf('ring'), workers)));
        const tensors = 2 * workers * WEIGHTS * 4 + BATCH * (UNITS + 1) * 4;
        expect(result.bytes).to.be.within(tensors, tensors + 400 * result.frames);
      }),
      { seed: 2, numRuns: 12 },
    );
  });

  it('takes as many steps as it is told to: under ssp fast boards run ahead at first, and then wait for the slow one', () => {
    const boards = [0.01, 1, 1].map((gflops, index) => {
      const board = forecastBoard(`pi-${index + 1}`);
      return { ...board, machine: { ...board.machine, gflops } };
    });
    const request = forecastRequest(runOf('star', {}, { star: { consistency: 'ssp', staleness: 4 } }), 3, { boards });
    const stepMsOver = (warmUp: number, measured: number) =>
      fitting(forecastMode('star', { ...request, duration: { warmUp, measured } })).result.stepMs;
    const [short, usual, long] = [stepMsOver(2, 3), stepMsOver(20, 200), stepMsOver(20, 400)];
    expect(short).to.be.below(0.9 * usual);
    expect(long).to.be.closeTo(usual, 0.02 * usual);
  });

  it('lets no clock of a star have more local steps than the run has steps', () => {
    const of = (localSteps: number, training: object = {}) => {
      const spec = runOf('star', training, { star: { localSteps } });
      const { modes, bytes } = forecast(forecastRequest(spec, 3));
      return { star: fitting(modes.star).result, bytes: bytes?.star };
    };
    expect(of(64, { steps: 10 })).to.deep.equal(of(10));
    expect(of(64, { steps: 1000 })).to.deep.equal(of(64));
    expect(of(64).star.stepMs).to.be.below(of(10).star.stepMs);
  });

  it('divides a star’s step by the speed of its boards, so that slower ones do not make it wait', () => {
    const boards = [forecastBoard('fast'), forecastBoard('slow', { gflops: 2 })];
    const slow = boards.map((board) => ({ ...board, machine: { ...board.machine, gflops: board.gflops } }));
    const { result } = fitting(forecastMode('star', forecastRequest(runOf('star'), 2, { boards: slow })));
    const [, fastest, slowest] = result.positions.map(({ idleShare }) => idleShare);
    expect(Math.abs((fastest as number) - (slowest as number))).to.be.below(0.1);
  });
});
