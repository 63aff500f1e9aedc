// Drives a run round the ring: the master's own position, and the stream into it.

import { stageSpecOf } from '../node/assignment.js';
import { openRingPosition, type Report, type RingPosition } from '../node/ring.js';
import type { PlanEntry } from '../protocol/assignment.js';
import { assignmentOf } from './assign-boards.js';
import { type Drive, type DriveEvents, type DriveOptions, ownLinks } from './drive.js';
import { diverged } from './faults.js';
import { itinerary } from './itinerary.js';
import { engineOfMaster } from './resolve-engine.js';
import { RingStream } from './ring-stream.js';

export async function openRingDrive(options: DriveOptions): Promise<Drive> {
  const { record, start, events, isStopping, isCutDue } = options;
  const { batches, spec } = record;
  const [own] = options.plan.entries;
  const hasLayers = own !== undefined && own.firstLayer < own.endLayer;
  const onReport = (report: Report): void => {
    if (report.kind === 'snapshot' && hasLayers) ring.replicate(report).catch(events.onFailure);
    hear(report, events, () => stream.returned());
  };
  const ring = await openOwnPosition(options, onReport);
  const items = itinerary(batches, {
    microBatches: spec.training.microBatches,
    firstStep: start?.step ?? 0,
    isStopped: isStopping,
    isCutDue,
  });
  const stream = new RingStream(ring, items, batches);
  return {
    workers: options.plan.entries.length - 1,
    figures: () => ring.figures(),
    nowMs: () => ring.nowMs(),
    resume: () => stream.resume(),
    pause: () => stream.pause(),
    onBoardLost: () => false,
    onBoardReturned: () => {},
    countsOn: () => true,
    close: () => ring.close(),
  };
}

function openOwnPosition(options: DriveOptions, onReport: (report: Report) => void): Promise<RingPosition> {
  const { record, plan, start, transport, topics, memoryBytes, blas, emulation, links, events } = options;
  const { spec, name, generation } = record;
  return openRingPosition({
    transport,
    topics,
    memoryBytes,
    blas,
    place: { run: name, generation, mode: 'ring', position: 0, workers: plan.entries.length - 1 },
    links: ownLinks(options),
    stage: stageSpecOf(assignmentOf(record, plan, links, 0)),
    window: plan.windows[0] as number,
    start: start ?? undefined,
    engine: engineOfMaster(plan.entries[0] as PlanEntry, spec.engine),
    emulation,
    wire: spec.wire,
    onReport,
    onFailure: events.onFailure,
  });
}

/** @param returned called when something that was sent has come round */
function hear(report: Report, events: DriveEvents, returned: () => void): void {
  events.onMoved();
  if (report.kind === 'loss') events.onLoss(report.step, report.loss);
  else if (report.kind === 'updated') events.onStep(report.step);
  else if (report.kind === 'weights') events.onWeights(report.file);
  else if (report.kind === 'snapshot') events.onSnapshot(report.step, report.file);
  else if (report.kind === 'fault') events.onFailure(diverged(report.message, report.remedy));
  else {
    if (report.kind === 'evaluated') events.onEvaluated(report);
    returned();
  }
}
