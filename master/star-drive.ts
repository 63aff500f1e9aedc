// Drives a run around a parameter server: the master's own position, which is the server, the stream of shares to the
// workers, and what becomes of a worker that is lost.

import type { ConnectionError } from '../errors.js';
import { stageSpecOf } from '../node/assignment.js';
import { clocksAhead } from '../node/consistency.js';
import { openStarPosition, type StarPosition, type StarReport } from '../node/star/position.js';
import type { PlanEntry } from '../protocol/assignment.js';
import { SYSTEM_CLOCK } from '../transport/alarm-clock.js';
import { assignmentOf } from './assign-boards.js';
import { type Drive, type DriveOptions, ownLinks } from './drive.js';
import { diverged, workerLost } from './faults.js';
import { StarProgress } from './star-progress.js';
import { StarStream } from './star-stream.js';

/** Micro-batches of an evaluation that the server's node holds at once. */
const EVALUATION_WINDOW = 4;

export async function openStarDrive(options: DriveOptions): Promise<Drive> {
  const drive = new StarDrive(options);
  await drive.open();
  return drive;
}

class StarDrive implements Drive {
  private position!: StarPosition;
  private readonly stream: StarStream;
  private readonly progress: StarProgress;
  /** Of workers that are lost, until the server goes on without them: what ends the wait. */
  private readonly graces = new Map<number, () => void>();
  private readonly dropped = new Set<number>();
  private nextEvaluated = 0;
  /** Evaluations that were asked for and have not ended: their weights come before those of the end. */
  private evaluations = 0;
  private finishAt: number | null = null;
  private isCollecting = false;

  constructor(private readonly options: DriveOptions) {
    const { record, plan, start, events, isStopping, isCutDue } = options;
    const { batches, spec } = record;
    const { localSteps, consistency, data } = spec.star;
    const { batch } = spec.training;
    const firstStep = start?.step ?? 0;
    this.progress = new StarProgress(batch, batches.steps, events, firstStep);
    this.stream = new StarStream({
      batches,
      batch,
      shares: plan.shares as readonly number[],
      localSteps,
      ahead: clocksAhead(spec.star),
      inRounds: consistency === 'bsp',
      isLocal: data === 'local',
      firstStep,
      isStopping,
      isCutDue,
      sink: {
        sendData: (worker, place, { data, targets }) => {
          this.position.sendShare(worker, { ...place, kind: 'activation', data });
          this.position.sendShare(worker, { ...place, kind: 'targets', data: targets });
        },
        grant: (worker, localSteps) => this.position.deliver({ kind: 'share', to: worker, localSteps }),
        evaluateAt: (step) => {
          this.evaluations++;
          this.position.deliver({ kind: 'evaluation', step, microBatches: batches.evaluationMicroBatches });
        },
        cutAt: (step) => this.position.deliver({ kind: 'cut', step }),
        finish: (step) => this.finish(step),
      },
    });
  }

  async open(): Promise<void> {
    const { record, plan, start, transport, topics, memoryBytes, blas, emulation, links, events } = this.options;
    const { spec, name, generation } = record;
    this.position = await openStarPosition({
      transport,
      topics,
      memoryBytes,
      blas,
      place: { run: name, generation, mode: 'star', position: 0, workers: plan.entries.length - 1 },
      links: ownLinks(this.options),
      stage: stageSpecOf(assignmentOf(record, plan, links, 0, start)),
      start: start ?? undefined,
      engine: spec.engine,
      emulation,
      wire: spec.wire,
      onReport: (report) => this.hear(report),
      onFailure: events.onFailure,
      onPeerLost: (error, peer) => this.onLinkLost(error as ConnectionError, peer),
    });
  }

  get workers(): number {
    return this.stream.size - this.graces.size;
  }

  figures() {
    return this.position.figures();
  }

  nowMs(): number {
    return this.position.nowMs();
  }

  resume(): void {
    this.stream.resume();
  }

  pause(): void {
    this.stream.pause();
  }

  /** What a worker computes wrong, the others have computed with; but its link is its own. */
  onBoardLost({ position, agent }: PlanEntry, code = LINK_LOST): boolean {
    if (this.dropped.has(position)) return true;
    return code === LINK_LOST && this.giveGrace(position, agent);
  }

  /** Nothing is left to wait for. */
  onBoardReturned({ position, agent }: PlanEntry): void {
    const endGrace = this.graces.get(position);
    if (endGrace === undefined) return;
    endGrace();
    this.goOnWithout(position, agent);
  }

  countsOn({ position }: PlanEntry): boolean {
    return !this.graces.has(position) && !this.dropped.has(position);
  }

  async close(): Promise<void> {
    for (const endGrace of this.graces.values()) endGrace();
    await this.position.close();
  }

  private hear(report: StarReport): void {
    const { events } = this.options;
    events.onMoved();
    if (report.kind === 'pushed') this.onPushed(report);
    else if (report.kind === 'evaluating') this.streamEvaluation(report.step);
    else if (report.kind === 'evaluated') this.onEvaluated(report);
    else if (report.kind === 'weights') events.onWeights(report.file);
    else if (report.kind === 'snapshot') events.onSnapshot(report.step, report.file);
    else events.onFailure(diverged(report.message, report.remedy));
  }

  private onPushed({ from, loss }: Extract<StarReport, { kind: 'pushed' }>): void {
    if (this.dropped.has(from)) return; // it was on its way when the worker was given up
    this.progress.add(this.stream.samplesDue(from), loss);
    this.stream.pushed(from);
  }

  private streamEvaluation(step: number): void {
    this.nextEvaluated = 0;
    for (let ahead = 0; ahead < EVALUATION_WINDOW; ahead++) this.sendEvaluation(step);
  }

  private sendEvaluation(step: number): void {
    const { batches } = this.options.record;
    if (this.nextEvaluated === batches.evaluationMicroBatches) return;
    const micro = this.nextEvaluated++;
    const { data, targets, samples } = batches.evaluation(micro);
    this.position.deliver({ kind: 'targets', step, micro, training: false, samples, data: targets });
    this.position.deliver({ kind: 'eval', step, micro, data });
  }

  private onEvaluated(report: Extract<StarReport, { kind: 'evaluated' }>): void {
    const { events, record } = this.options;
    events.onEvaluated(report);
    this.sendEvaluation(report.step);
    if (report.micro === record.batches.evaluationMicroBatches - 1) this.evaluations--;
    if (this.finishAt !== null) this.finish(this.finishAt);
  }

  /** A run that is stopped has no weights for the evaluations to come. */
  private finish(step: number): void {
    this.finishAt = step;
    if (this.isCollecting || (this.evaluations > 0 && !this.options.isStopping())) return;
    this.isCollecting = true;
    this.position.deliver({ kind: 'collect', step });
  }

  /** Through the hub all links are one. */
  private onLinkLost(error: ConnectionError, peer: number): void {
    const entry = this.options.plan.entries.find(({ position }) => position === peer);
    if (this.options.links !== null && entry && this.giveGrace(peer, entry.agent)) return;
    this.options.events.onFailure(error);
  }

  /** @returns false when nobody else is left, and pushes are still to come */
  private giveGrace(position: number, agent: string): boolean {
    const { workerGraceMs = USUAL_GRACE_MS, graceClock: clock = SYSTEM_CLOCK } = this.options;
    if (this.finishAt !== null || this.graces.has(position) || this.dropped.has(position)) return true;
    if (this.stream.size - this.graces.size <= 1) return false;
    this.graces.set(
      position,
      clock.at(clock.nowMs() + workerGraceMs, () => this.goOnWithout(position, agent)),
    );
    return true;
  }

  private goOnWithout(position: number, agent: string): void {
    const { events } = this.options;
    this.graces.delete(position);
    this.dropped.add(position);
    events.onMoved();
    events.onWarning(workerLost(agent, position, this.stream.step, this.stream.size - 1), position);
    this.position.deliver({ kind: 'lost', worker: position });
    this.stream.lose(position);
  }
}

const LINK_LOST: ConnectionError['code'] = 'connection';

/** How long the server waits for a worker that is lost. */
const USUAL_GRACE_MS = 3_000;
