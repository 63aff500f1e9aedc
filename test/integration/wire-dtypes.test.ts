// Runs whose tensors cross the wire in fewer bits: threads, frames and topics, on a fleet in one process.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseMessage } from '../../protocol/messages.js';
import { type RunStatus, runEventSchema } from '../../protocol/run-messages.js';
import type { WireDtype } from '../../protocol/wire-dtypes.js';
import { type Fleet, startFleet } from '../support/fleet.js';
import { smallRun } from '../support/specs.js';
import { rejectionOf } from '../transport/inbox.js';

/** Micro-batches of 60 samples and hidden layers of 64 units: frames in which the header hardly counts. */
function wideRun(wire: object, changes: object = {}): object {
  const hidden = { type: 'dense', units: 64, activation: 'tanh' };
  const model = { layers: [hidden, hidden, { type: 'dense', units: 3 }] };
  return smallRun({ epochs: 10, batch: 120, microBatches: 2 }, { model, wire, masterStage: true, ...changes });
}

describe('a run with a narrow wire', () => {
  let fleet: Fleet;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringtmp-data-'));
    fleet = await startFleet({ agents: 2, dataFolder: folder });
  });

  afterEach(async () => {
    await fleet.close();
    await rm(folder, { recursive: true });
  });

  const run = (dtype: WireDtype) => fleet.runToEnd(wideRun({ activations: dtype, gradients: dtype }));

  /** Bytes of the outputs of the boards' last layers, as the master was sent them. */
  const bytesIn = ({ master }: RunStatus) => {
    return master?.topics?.find(({ topic, direction }) => topic === '0/forward' && direction === 'in')?.bytes ?? 0;
  };

  it('learns as with 32 bits, for fewer bytes', async () => {
    const exact = await run('f32');
    expect(exact.wire).to.deep.equal({ activations: 'f32', gradients: 'f32', parameters: 'f32' });
    for (const [dtype, share] of [
      ['f16', 0.5],
      ['bf16', 0.5],
      ['int8', 0.25 + 1 / 64],
    ] as const) {
      const status = await run(dtype);
      expect(status).to.include({ state: 'finished', error: null });
      expect(status.wire).to.deep.equal({ activations: dtype, gradients: dtype, parameters: 'f32' });
      expect(status.loss!, dtype).to.be.closeTo(exact.loss!, 0.02 * exact.loss!);
      expect(status.evaluation!.value, dtype).to.be.closeTo(exact.evaluation!.value, 0.1);
      expect(bytesIn(status) / bytesIn(exact), dtype).to.be.within(share, share + 0.04);
    }
  });

  it('is refused when its dtype is none', async () => {
    const error = await rejectionOf(fleet.train(wideRun({ activations: 'f61' })));
    expect(error).to.include({ code: 'configuration' });
    expect(error.message).to.contain('wire.activations: got "f61"').and.to.contain('"f32"|"f16"|"bf16"|"int8"');
  });

  it('is refused before any board is asked when f16 cannot hold the data', async () => {
    const rows = Array.from({ length: 150 }, (_, row) => `${row === 90 ? 1e6 : row},${row % 3}`);
    await writeFile(join(folder, 'large.csv'), ['size,kind', ...rows].join('\n'));
    const data = { source: 'csv', path: 'large.csv', target: 'kind', task: 'classification', normalize: 'none' };
    const error = await rejectionOf(fleet.train(wideRun({ activations: 'f16' }, { data })));
    expect(error).to.include({ code: 'configuration' });
    expect(error.message).to.contain('large.csv has 1000000 in column size (').and.contain('holds at most 65504');
    expect(error.remedy).to.contain('Normalise the data').and.contain('bf16 or f32');
  });

  it('fails with the value, the position and the remedy when an activation does not fit', async () => {
    const optimizer = { type: 'sgd', learningRate: 1e6 };
    const layers = [4, 4, 4, 3].map((units) => ({ type: 'dense', units }));
    const events: string[] = [];
    await fleet.operator.subscribe(fleet.topics.runEvents('+'), (_, payload) => {
      const { type, error } = parseMessage(runEventSchema, payload);
      if (type === 'fault') events.push(error!.message);
    });
    const status = await fleet.runToEnd(
      wideRun({ activations: 'f16' }, { optimizer, model: { layers }, masterStage: false }),
    );
    expect(status.state).to.equal('failed');
    expect(status.error!.message).to.match(
      /^position \d: a value of \S+ is to be sent as f16, which holds at most 65504$/,
    );
    expect(status.error!.remedy).to.contain('Set wire.activations to bf16 or f32');
    expect(events).not.to.deep.equal([]);
  });
});
