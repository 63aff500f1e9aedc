import { expect } from 'chai';
import type { Runner } from '../../../cli/compare/contest.js';
import { dilatedRunner } from '../../../cli/compare/dilated-runner.js';
import { contestantOf, variantsNamed } from '../../../comparison/contestants.js';
import type { PlannedRun } from '../../../comparison/plan.js';
import { runSpecSchema } from '../../../protocol/run-spec.js';
import { sampleFigures } from '../../comparison/sample-results.js';

const BASE = runSpecSchema.parse({
  name: 'x',
  data: { source: 'mnist' },
  model: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'softmaxCrossEntropy',
});
const [RING] = variantsNamed(['ring']);
const RUN: PlannedRun = { contestant: contestantOf(RING!, BASE), boards: 2, round: 1, notPossible: null };
const NEVER = new AbortController().signal;

describe('the time dilation of a comparison', () => {
  /** A computer that keeps pace from a dilation on. */
  function computer(least: number, punctual = 1, orderly = 1) {
    const log: string[] = [];
    const runnerAt =
      (dilation: number): Runner =>
      async ({ contestant }) => {
        const isTrial = contestant.spec.training.steps !== undefined;
        log.push(`${isTrial ? 'trial' : 'run'} at ${dilation}`);
        const stepMs = 20 * Math.max(1, least / dilation);
        const [drift, overdue] = [dilation >= punctual ? 0.01 : 0.2, dilation >= orderly ? 0 : 0.05];
        const emulated = { profiles: ['pi-4'], dilation, drift, overdue };
        return { figures: { ...sampleFigures({}), stepMs, emulated }, failure: null, raw: new Map() };
      };
    return { log, runnerAt };
  }

  it('is the one that was asked for', async () => {
    const { log, runnerAt } = computer(8);
    await dilatedRunner(3, runnerAt)(RUN, NEVER);
    expect(log).to.deep.equal(['run at 3']);
  });

  it('is found by short trials, once: with twice of it the pace is the same', async () => {
    const { log, runnerAt } = computer(2);
    const runner = dilatedRunner('auto', runnerAt);
    await runner(RUN, NEVER);
    await runner({ ...RUN, round: 2 }, NEVER);
    expect(log).to.deep.equal(['trial at 1', 'trial at 2', 'trial at 4', 'run at 2', 'run at 2']);
  });

  it('is as large as it takes to be in time, also where the pace is the same', async () => {
    const { log, runnerAt } = computer(1, 8);
    await dilatedRunner('auto', runnerAt)(RUN, NEVER);
    expect(log.at(-1)).to.equal('run at 8');
  });

  it('is the first of three with the same pace, where boards choose without some of what is there', async () => {
    const { log, runnerAt } = computer(2, 1, Number.POSITIVE_INFINITY);
    await dilatedRunner('auto', runnerAt)(RUN, NEVER);
    expect(log).to.deep.equal(['trial at 1', 'trial at 2', 'trial at 4', 'trial at 8', 'run at 2']);
  });

  it('is not that of a pace that holds at two only', async () => {
    const paces = new Map([
      [1, 12],
      [2, 11],
      [4, 11],
      [8, 9],
      [16, 9],
      [32, 9],
    ]);
    const log: number[] = [];
    const runnerAt =
      (dilation: number): Runner =>
      async () => {
        log.push(dilation);
        const emulated = { profiles: ['pi-4'], dilation, drift: 0, overdue: 0.05 };
        return {
          figures: { ...sampleFigures({}), stepMs: paces.get(dilation)!, emulated },
          failure: null,
          raw: new Map(),
        };
      };
    await dilatedRunner('auto', runnerAt)(RUN, NEVER);
    expect(log).to.deep.equal([1, 2, 4, 8, 16, 32, 8]);
  });

  it('does not grow for ever', async () => {
    const { log, runnerAt } = computer(Number.POSITIVE_INFINITY);
    await dilatedRunner('auto', runnerAt)(RUN, NEVER);
    expect(log.at(-1)).to.equal('run at 64');
  });

  it('is none at which a trial failed, where others did not', async () => {
    const { log, runnerAt } = computer(1);
    const stalling = (dilation: number): Runner => {
      return async (run, signal) => {
        const made = await runnerAt(dilation)(run, signal);
        return made && dilation < 2 ? { ...made, figures: null, failure: 'nothing came back' } : made;
      };
    };
    await dilatedRunner('auto', stalling)(RUN, NEVER);
    expect(log).to.deep.equal(['trial at 1', 'trial at 2', 'trial at 4', 'run at 2']);
  });

  it('is the largest that did not fail, where none keeps pace', async () => {
    const { log, runnerAt } = computer(Number.POSITIVE_INFINITY);
    const failing = (dilation: number): Runner => {
      return async (run, signal) => {
        const made = await runnerAt(dilation)(run, signal);
        return made && dilation === 64 ? { ...made, figures: null, failure: 'too slow' } : made;
      };
    };
    await dilatedRunner('auto', failing)(RUN, NEVER);
    expect(log.at(-1)).to.equal('run at 32');
  });

  it('is not looked for where the run fails: it will say so', async () => {
    const log: number[] = [];
    const runner = dilatedRunner('auto', (dilation) => async () => {
      log.push(dilation);
      return { figures: null, failure: 'no', raw: new Map() };
    });
    await runner(RUN, NEVER);
    expect(log).to.deep.equal([1, 2, 4, 8, 1]);
  });

  it('is not looked for once it was interrupted', async () => {
    expect(await dilatedRunner('auto', () => async () => null)(RUN, NEVER)).to.equal(null);
  });
});
