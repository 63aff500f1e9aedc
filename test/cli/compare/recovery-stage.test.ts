// The recovery part of a comparison with a fleet that only pretends: what is kept, what is measured again, and what is said.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { recoveryDefinition } from '../../../cli/compare/battering.js';
import { LEFT_OUT, recoveryStage, type StageOptions } from '../../../cli/compare/recovery-stage.js';
import { recoveryStore } from '../../../cli/compare/result-store.js';
import { contestantOf, variantsNamed } from '../../../comparison/contestants.js';
import { hashOf } from '../../../comparison/definition.js';
import { type PlannedRun, planRuns } from '../../../comparison/plan.js';
import { type RecoveryResult, recoveryPair } from '../../../comparison/recovery.js';
import { runSpecSchema } from '../../../protocol/run-spec.js';
import { sampleRecovery } from '../../comparison/sample-recovery.js';
import { temporaryFolder } from '../ringtmp.js';

const BASE = runSpecSchema.parse({
  name: 'x',
  data: { source: 'mnist' },
  model: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'softmaxCrossEntropy',
});
const FAULTS = 3;

function resultOf(run: PlannedRun, faults = FAULTS): RecoveryResult {
  const definition = recoveryDefinition(run, faults);
  return { ...sampleRecovery({ contestant: run.contestant.name }), boards: 2, definition, hash: hashOf(definition) };
}

describe('the recovery part of a comparison', () => {
  const folder = temporaryFolder();

  function pair() {
    const contestants = variantsNamed(['ring', 'star']).map((variant) => contestantOf(variant, BASE));
    return recoveryPair(planRuns({ contestants, boards: [2], rounds: 1, mostRingBoards: () => 2 }));
  }

  async function run(changes: Partial<StageOptions> = {}, faults = FAULTS) {
    const told: string[] = [];
    const recovery = await recoveryStage({
      pair: pair(),
      definitionOf: (each) => recoveryDefinition(each, faults),
      store: recoveryStore(folder.path),
      batter: async (each) => resultOf(each, faults),
      signal: new AbortController().signal,
      onStart: ({ contestant }) => told.push(`${contestant.name} begins`),
      onResult: ({ contestant }, kept) => told.push(`${contestant} ${kept ? 'kept' : 'measured'}`),
      onFailure: ({ contestant }, reason) => told.push(`${contestant.name} failed: ${reason}`),
      ...changes,
    });
    return { recovery, told };
  }

  it('measures a ring and a star, and keeps what it measured', async () => {
    const { recovery, told } = await run();
    expect(told).to.deep.equal(['ring begins', 'ring measured', 'star begins', 'star measured']);
    expect(recovery?.results.map(({ contestant }) => contestant)).to.deep.equal(['ring', 'star']);
    expect(recovery?.obstacle).to.equal(null);
    expect((await readdir(join(folder.path, 'recovery'))).sort()).to.deep.equal(['ring-2.json', 'star-2.json']);
    const again = await run();
    expect(again.told).to.deep.equal(['ring kept', 'star kept']);
    expect(again.recovery).to.deep.equal(recovery);
  });

  it('goes on with what is missing after an interruption', async () => {
    const first = await run({ batter: async (each) => (each.contestant.mode === 'star' ? null : resultOf(each)) });
    expect(first.recovery).to.equal(null);
    expect((await run()).told).to.deep.equal(['ring kept', 'star begins', 'star measured']);
  });

  it('refuses what was measured otherwise', async () => {
    await run();
    const error = await run({}, FAULTS + 1).catch((fault) => fault);
    expect(error.message).to.match(/ring-2\.json is of another comparison: faults was 3, and is 4 now/);
  });

  it('says why it could not measure, and tries again the next time', async () => {
    const batter = async (): Promise<never> => {
      throw new Error('the broker did not appear');
    };
    const { recovery, told } = await run({ batter });
    expect(told).to.deep.equal(['ring begins', 'ring failed: the broker did not appear']);
    expect(recovery?.obstacle).to.equal('What faults do to ring could not be measured: the broker did not appear');
    expect((await run()).told).to.include('ring measured');
  });

  it('is left out where it is not wanted', async () => {
    const { recovery, told } = await run({ pair: LEFT_OUT });
    expect(recovery).to.deep.equal({ results: [], obstacle: LEFT_OUT });
    expect(told).to.deep.equal([]);
  });

  it('takes what was kept before the run file had a key for what says nothing of it', async () => {
    await run();
    const path = join(folder.path, 'recovery/ring-2.json');
    const kept = JSON.parse(await readFile(path, 'utf8'));
    delete kept.definition.spec.wire;
    await writeFile(path, JSON.stringify({ ...kept, hash: hashOf(kept.definition) }));
    expect((await run()).told[0]).to.equal('ring kept');
  });
});
