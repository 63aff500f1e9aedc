// The one-process reference: the whole model on one worker, step after step, no ring and no messages.
// What the fleet computes must equal this bit for bit.

import { createEngine } from '../compute/create-engine.js';
import { RunError } from '../errors.js';
import { buildWorker } from '../node/build.js';
import { fileOfWeights } from '../node/weights-file.js';
import type { Worker } from '../node/worker.js';
import type { RunStatus } from '../protocol/messages.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { modelFile } from './model-file.js';
import { planLocal } from './planner.js';
import { openRunRecord, type RunFolders, type RunRecord } from './run-record.js';

export interface LocalRunOptions extends RunFolders {
  readonly onStatus: (status: RunStatus) => void;
  readonly signal: AbortSignal;
}

/** Between two status reports, and between two looks at the signal. */
const BREATHE_MS = 200;

/** @returns the final status; a failed run is one, not an exception */
export async function runLocally(spec: RunSpec, options: LocalRunOptions): Promise<RunStatus> {
  const record = await openRunRecord(spec, options);
  try {
    await train(record, options);
    record.enter(options.signal.aborted ? 'stopped' : 'finished');
  } catch (error) {
    record.enter('failed', error);
  }
  await record.folder.close();
  options.onStatus(record.status());
  return record.status();
}

async function train(record: RunRecord, { onStatus, signal }: LocalRunOptions): Promise<void> {
  const { spec, source, batches } = record;
  const { stage, entry } = planLocal(spec, source.train.sampleShape);
  record.plan = [entry];
  const worker = await buildWorker(stage, createEngine(spec.engine));
  record.enter('running');
  let breathedAt = 0;
  for (let step = 0; step < batches.steps && !signal.aborted; step++) {
    trainStep(record, worker, step);
    record.completeStep(step);
    if ((step + 1) % batches.stepsPerEpoch === 0 || step + 1 === batches.steps) evaluate(record, worker, step + 1);
    if (performance.now() - breathedAt < BREATHE_MS) continue;
    onStatus(record.status());
    await new Promise(setImmediate);
    breathedAt = performance.now();
  }
  await record.folder.saveModel(modelFile(record, [fileOfWeights(worker.store)]));
}

function trainStep({ spec, batches, progress }: RunRecord, worker: Worker, step: number): void {
  for (let micro = 0; micro < spec.training.microBatches; micro++) {
    const { data, targets } = batches.training(step, micro);
    worker.forward(step, micro, data);
    const fault = worker.findFault(step, micro);
    if (fault) throw new RunError(fault.message);
    const { loss } = worker.backwardFromLoss(step, micro, targets);
    if (!Number.isFinite(loss)) throw new RunError(`the loss is ${loss} at step ${step}`);
    progress.addLoss(step, loss);
  }
  worker.update();
}

function evaluate(record: RunRecord, worker: Worker, step: number): void {
  for (let micro = 0; micro < record.batches.evaluationMicroBatches; micro++) {
    const { data, targets, samples } = record.batches.evaluation(micro);
    worker.evaluate(data);
    record.addEvaluated({ step, samples, ...worker.judge(targets, samples) });
  }
}
