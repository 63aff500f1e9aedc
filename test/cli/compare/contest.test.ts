// A comparison with a runner that only pretends: what is kept, what is run again, and what is refused.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Attempt, carryOut, type Runner } from '../../../cli/compare/contest.js';
import { type ResultStore, runStore } from '../../../cli/compare/result-store.js';
import { contestantOf, variantsNamed } from '../../../comparison/contestants.js';
import type { Definition } from '../../../comparison/definition.js';
import { nameOf, type PlannedRun, planRuns } from '../../../comparison/plan.js';
import type { RunResult } from '../../../comparison/result.js';
import { runSpecSchema } from '../../../protocol/run-spec.js';
import { sampleFigures } from '../../comparison/sample-results.js';
import { temporaryFolder } from '../ringtmp.js';

const BASE = runSpecSchema.parse({
  name: 'x',
  data: { source: 'mnist' },
  model: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'softmaxCrossEntropy',
});

function planned(boards: readonly number[] = [1, 2]): PlannedRun[] {
  const contestants = variantsNamed(['ring', 'star']).map((variant) => contestantOf(variant, BASE));
  return planRuns({ contestants, boards, rounds: 1, mostRingBoards: () => 2 });
}

function definitionOf({ contestant, boards, round }: PlannedRun, seed = 1): Definition {
  const spec = { ...contestant.spec, seed };
  return { version: '1', boards, round, profile: null, masterProfile: null, dilation: 1, spec };
}

const FINE: Attempt = { figures: sampleFigures({}), failure: null, raw: new Map([['metrics.csv', 'step,loss\n']]) };

describe('a comparison', () => {
  const folder = temporaryFolder();
  let store: ResultStore<RunResult>;

  beforeEach(async () => {
    store = runStore(folder.path);
    await store.open();
  });

  async function run(runner: Runner, { plan = planned(), seed = 1, signal = new AbortController().signal } = {}) {
    const started: string[] = [];
    const kept: string[] = [];
    const results = await carryOut({
      plan,
      definitionOf: (each) => definitionOf(each, seed),
      forecastOf: ({ boards }) => ({ stepMs: boards, idleShare: 0, bytesPerStep: 1, joulesPerStep: 1 }),
      origin: { program: 'a build', machine: 'a machine' },
      store,
      runner,
      signal,
      onStart: (each) => started.push(nameOf(each)),
      onResult: (each, _, isKept) => isKept && kept.push(nameOf(each)),
    });
    return { results, started, kept };
  }

  it('keeps each run that ends, with what it measured', async () => {
    const { results } = await run(async () => FINE);
    expect(results?.map(({ outcome }) => outcome)).to.deep.equal(Array(4).fill('finished'));
    expect(results?.map(({ boards, forecast }) => forecast?.stepMs === boards)).to.deep.equal(Array(4).fill(true));
    const names = planned().map(nameOf);
    expect((await readdir(store.runs)).sort()).to.deep.equal(
      names.flatMap((name) => [`${name}.json`, `${name}.metrics.csv`]).sort(),
    );
  });

  it('goes on where it was interrupted', async () => {
    const interrupt = new AbortController();
    const first = await run(
      async () => {
        interrupt.abort();
        return FINE;
      },
      { signal: interrupt.signal },
    );
    expect(first.results).to.equal(null);
    expect(first.started).to.deep.equal(['ring-1-1']);
    const second = await run(async () => FINE);
    expect(second.kept).to.deep.equal(['ring-1-1']);
    expect(second.started).to.have.length(3);
    expect(second.results).to.have.length(4);
    expect((await run(async () => FINE)).started).to.deep.equal([]);
  });

  it('runs anew what was under way when it was killed', async () => {
    await run(async () => null); // the runner was interrupted
    await writeFile(join(store.runs, 'ring-1-1.json.new'), '{"half');
    await writeFile(join(store.runs, 'ring-1-1.metrics.csv'), 'half');
    const { started, results } = await run(async () => FINE);
    expect(started).to.include('ring-1-1');
    expect(results).to.have.length(4);
    expect(await readFile(join(store.runs, 'ring-1-1.metrics.csv'), 'utf8')).to.equal('step,loss\n');
  });

  it('takes a failure for a result, goes on, and tries again when called again', async () => {
    const runner: Runner = async ({ contestant }) => {
      return contestant.mode === 'star' ? { ...FINE, figures: null, failure: 'it does not fit' } : FINE;
    };
    const { results } = await run(runner);
    const stars = results?.filter(({ mode }) => mode === 'star');
    expect(stars?.map(({ outcome, reason }) => [outcome, reason])).to.deep.equal(
      Array(2).fill(['failed', 'it does not fit']),
    );
    const again = await run(async () => FINE);
    expect(again.started).to.have.members(['star-1-1', 'star-2-1']);
    expect(again.results?.map(({ outcome }) => outcome)).to.deep.equal(Array(4).fill('finished'));
  });

  it('does not try what cannot be', async () => {
    const tried: string[] = [];
    const runner: Runner = async (each) => {
      tried.push(nameOf(each));
      return FINE;
    };
    const { results } = await run(runner, { plan: planned([2, 3]) });
    expect(tried).not.to.include('ring-3-1');
    const ring = results?.find(({ contestant, boards }) => contestant === 'ring' && boards === 3);
    expect(ring).to.include({ outcome: 'not possible', figures: null }).and.to.have.property('reason');
  });

  it('may grow, but not change', async () => {
    await run(async () => FINE, { plan: planned([1]) });
    expect((await run(async () => FINE, { plan: planned([1, 2]) })).kept).to.have.length(2);
    const other = run(async () => FINE, { seed: 2 });
    const error = await other.catch((fault) => fault);
    expect(error.message).to.match(/ring-1-1\.json is of another comparison: spec\.seed was 1, and is 2 now/);
    expect(error.remedy).to.include('--output').and.to.include('--fresh');
  });

  it('takes no file for a result that is none', async () => {
    await writeFile(join(store.runs, 'ring-1-1.json'), '{}');
    const error = await run(async () => FINE).catch((fault) => fault);
    expect(error.message).to.include('ring-1-1.json is no result of this version');
  });

  it('begins anew where it is told to, and removes nothing else', async () => {
    await run(async () => FINE);
    await mkdir(join(store.runs, 'mine'));
    await writeFile(join(store.runs, 'notes.txt'), 'mine');
    await store.clear();
    expect(await readdir(store.runs)).to.have.members(['mine', 'notes.txt']);
    expect((await run(async () => FINE)).started).to.have.length(4);
  });

  it('says when it cannot write', async () => {
    const file = await folder.write('file', '');
    const error = await runStore(file)
      .open()
      .catch((fault) => fault);
    expect(error.message).to.include('cannot write to').and.to.include(file);
  });
});
