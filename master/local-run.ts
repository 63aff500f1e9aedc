// The one-process reference: the whole model on one worker, step after step, no ring and no messages.
// What the fleet computes must equal this bit for bit.

import { parse, resolve } from 'node:path';
import { bestEngine } from '../compute/available-engines.js';
import { createEngine } from '../compute/create-engine.js';
import type { BlasSettings } from '../compute/engines/blas-library.js';
import { buildWorker } from '../node/build.js';
import { fileOfWeights } from '../node/weights-file.js';
import type { Fault, Worker } from '../node/worker.js';
import type { RunStatus } from '../protocol/run-messages.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { diverged } from './faults.js';
import { modelFile } from './model-file.js';
import { openRunRecord } from './open-run-record.js';
import { planLocal } from './planner.js';
import type { RunRecord } from './run-record.js';

export interface LocalRunOptions {
  readonly runsFolder: string;
  /** Relative paths of the run's data start here; absolute ones may lead anywhere: the user's own process reads. */
  readonly dataFolder: string;
  readonly blas?: BlasSettings;
  readonly onStatus: (status: RunStatus) => void;
  readonly signal: AbortSignal;
}

/** Between two status reports, and between two looks at the signal. */
const BREATHE_MS = 200;

/** @returns the final status; a failed run is one, not an exception */
export async function runLocally(asked: RunSpec, options: LocalRunOptions): Promise<RunStatus> {
  const { runsFolder, dataFolder, blas = {} } = options;
  const spec = { ...asked, engine: asked.engine === 'auto' ? await bestEngine(blas) : asked.engine };
  const record = await openRunRecord(spec, { runsFolder, dataFolders: [dataFolder, parse(resolve(dataFolder)).root] });
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

async function train(record: RunRecord, { blas = {}, onStatus, signal }: LocalRunOptions): Promise<void> {
  const { spec, source, batches } = record;
  const { stage, entry } = planLocal(spec, source.train.sampleShape);
  record.plan = [entry];
  const worker = await buildWorker(stage, createEngine(spec.engine, blas));
  record.enter('running');
  record.progress.begin();
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
  refuse(worker.findWeightsFault());
  await record.folder.saveModel(modelFile(record, [fileOfWeights(worker.store)]));
}

function trainStep({ spec, batches, progress }: RunRecord, worker: Worker, step: number): void {
  for (let micro = 0; micro < spec.training.microBatches; micro++) {
    const { data, targets } = batches.training(step, micro);
    worker.forward(step, micro, data);
    refuse(worker.findFault(step, micro));
    const { loss } = worker.backwardFromLoss(step, micro, targets);
    refuseLoss(loss, step);
    progress.addLoss(step, loss);
  }
  worker.update();
}

function evaluate(record: RunRecord, worker: Worker, step: number): void {
  for (let micro = 0; micro < record.batches.evaluationMicroBatches; micro++) {
    const { data, targets, samples } = record.batches.evaluation(micro);
    worker.evaluate(data);
    refuse(worker.findEvaluationFault(step));
    const result = worker.judge(targets, samples);
    refuseLoss(result.lossSum, step);
    record.addEvaluated({ step, samples, ...result });
  }
}

function refuse(fault: Fault | null): void {
  if (fault) throw diverged(fault.message);
}

function refuseLoss(loss: number, step: number): void {
  if (!Number.isFinite(loss)) throw diverged(`the loss is ${loss} at step ${step}`);
}
