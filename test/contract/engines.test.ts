// Every engine does the same mathematics: one suite for all of them, against doubles.

import { expect } from 'chai';
import { wasmEngine } from '../../compute/engines/wasm.js';
import { CapacityError } from '../../errors.js';
import { BENCH_FLOATS, Bench } from '../support/engine-bench.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { activationsContract } from './engines/activations.js';
import { denseContract } from './engines/dense.js';
import { dropoutContract } from './engines/dropout.js';
import { lossesContract } from './engines/losses.js';
import { softmaxContract } from './engines/softmax.js';
import { updatesContract } from './engines/updates.js';

const CONTRACTS = [
  denseContract,
  activationsContract,
  softmaxContract,
  lossesContract,
  dropoutContract,
  updatesContract,
];

for (const name of ENGINE_NAMES) {
  describe(`engine ${name}`, () => {
    const factory = ENGINES[name];
    let bench: Bench;

    before(async () => {
      bench = new Bench(await factory(BENCH_FLOATS));
    });

    beforeEach(() => bench.reset());

    it('names itself and hands out what was asked for', async () => {
      expect(bench.engine.name).to.equal(name);
      const small = await factory(100);
      expect(small.arena.tensor([10, 10]).size).to.equal(100);
      expect(() => small.arena.tensor([1 << 16])).to.throw(CapacityError);
    });

    for (const contract of CONTRACTS) contract(() => bench);
  });
}

describe('engine wasm', () => {
  it('refuses more memory than it can address', async () => {
    let error: unknown;
    await wasmEngine(2 ** 31).catch((reason: unknown) => {
      error = reason;
    });
    expect(error).to.be.instanceOf(CapacityError);
  });
});
