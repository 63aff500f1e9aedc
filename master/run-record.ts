// What is known of a run: what was asked, how far it is, how it goes. Its status and its folder follow
// from here, for a run on the fleet and for one in a single process alike.

import { learningRateOf } from '../compute/optimizers.js';
import type { Batches } from '../data/batches.js';
import type { DataSource } from '../data/data-source.js';
import { type ErrorReport, reportOf } from '../errors.js';
import { peakRssBytes } from '../hardware/board.js';
import { metricFor } from '../node/build.js';
import type { PlanEntry } from '../protocol/assignment.js';
import { fleetEnergy, type PositionEnergy } from '../protocol/energy.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import {
  type BoardFigures,
  type EvaluationResult,
  FINAL_STATES,
  type RunMetrics,
  type RunState,
  type RunStatus,
  type Warning,
} from '../protocol/run-messages.js';
import type { ResolvedRunSpec } from '../protocol/run-spec.js';
import { type EvaluatedMicroBatch, Evaluation } from './evaluation.js';
import type { Cut } from './recovery/holdings.js';
import type { Asked, RunHistory } from './recovery/run-history.js';
import type { RunFolder } from './run-folder.js';
import { RunProgress } from './run-progress.js';

/** More than two of each position of a large fleet; what comes then is not kept. */
const MOST_WARNINGS = 200;

export class RunRecord {
  readonly name: string;
  readonly progress: RunProgress;
  /** Goes up each time that the run's boards come together anew. */
  generation = 0;
  plan: readonly PlanEntry[] = [];
  /** Of the master's own node, as they are now. */
  figures: () => NodeFigures | null = () => null;
  /** Of all positions, in the generations before this one. */
  earlierEnergies: () => readonly PositionEnergy[] = () => [];
  /** Of the boards, as they told them last. */
  boardEnergies: () => readonly PositionEnergy[] = () => [];
  /** By which the curve is drawn: of an emulated master when the event under way was due there. */
  clockMs: () => number = () => performance.now();
  private state: RunState = 'planning';
  /** What it waits for while it is `recovering`; null in any other state. */
  note: string | null = null;
  private error: ErrorReport | null = null;
  private evaluation: EvaluationResult | null = null;
  private lastFigures: readonly BoardFigures[] | undefined;
  private readonly warnings: Warning[];
  private readonly evaluating: Evaluation;
  private readonly startedAt: number;
  private endedAt: number | null = null;
  /** Whose metrics are in the run's folder. */
  private stepsTold = 0;

  constructor(
    readonly spec: ResolvedRunSpec,
    readonly source: DataSource,
    readonly batches: Batches,
    readonly folder: RunFolder,
    readonly dilation = 1,
    history?: RunHistory,
  ) {
    const { batch } = spec.training;
    const nowMs = () => this.clockMs() / dilation;
    this.progress = new RunProgress(batches, batch, learningRateOf(spec.optimizer), nowMs);
    this.name = folder.name;
    this.evaluating = new Evaluation(metricFor(spec.loss), batches.evaluationMicroBatches);
    this.startedAt = history?.startedAt ?? Date.now();
    this.warnings = [...(history?.warnings ?? [])];
    if (history === undefined) return;
    this.state = 'recovering';
    this.generation = history.generation;
    this.plan = history.plan;
    this.evaluation = history.evaluation;
  }

  /** Of a run that another master began: what it told already. */
  goOnAfter(step: number, elapsedSeconds: number): void {
    this.stepsTold = step + 1;
    this.progress.begin(elapsedSeconds);
    this.progress.goBackTo(step + 1);
  }

  get isFinal(): boolean {
    return FINAL_STATES.includes(this.state);
  }

  is(state: RunState): boolean {
    return this.state === state;
  }

  enter(state: RunState, error?: unknown): void {
    if (this.isFinal) return;
    this.state = state;
    this.error = error === undefined ? null : reportOf(error);
    if (this.isFinal) this.endedAt = Date.now();
    this.folder.journal({ type: 'state', state, step: this.progress.step, ...(this.error && { error: this.error }) });
  }

  /** Resolves when the journal has it on the disk: from there on a master after this one has only to let go. */
  async announceEnd(state: RunState, error?: unknown): Promise<void> {
    this.folder.journal({ type: 'ending', state, ...(error !== undefined && { error: reportOf(error) }) });
    await this.folder.syncJournal();
  }

  /** So that a master after this one keeps to it. */
  asked(what: Asked): void {
    this.folder.journal({ type: 'asked', what });
  }

  /** Resolves when the journal has it on the disk: then the run can go on from it. */
  async commit(cut: Cut, costMs: number): Promise<void> {
    this.folder.journal({ type: 'cut', generation: this.generation, ...cut, costMs: Math.round(costMs) });
    await this.folder.syncJournal();
  }

  /** @returns false when there are too many already */
  addWarning(warning: Warning): boolean {
    if (this.isFinal || this.warnings.length >= MOST_WARNINGS) return false;
    this.warnings.push(warning);
    this.folder.journal({ type: 'warning', ...warning });
    return true;
  }

  /** What each position accounted for, once all have let go. */
  async keepFigures(figures: readonly BoardFigures[]): Promise<void> {
    this.lastFigures = figures;
    await this.folder.saveFigures(figures);
  }

  /** @param together steps that ended at once, this one included */
  completeStep(step: number, together = 1): RunMetrics {
    const metrics = { ...this.progress.completeStep(step, together), energy: this.energy() };
    // A step that is done again leads to the same weights: it is told once.
    if (step + 1 > this.stepsTold) this.folder.metrics(metrics);
    this.stepsTold = Math.max(this.stepsTold, step + 1);
    return metrics;
  }

  private energy(): RunMetrics['energy'] {
    const own = { position: 0, energy: this.figures()?.energy };
    const energy = fleetEnergy([...this.earlierEnergies(), own, ...this.boardEnergies()]);
    return energy && { joules: energy.joules, source: energy.source, positions: energy.positions };
  }

  /** The steps from there on are done again. */
  goBackTo(step: number): void {
    this.progress.goBackTo(step);
    this.evaluating.reset();
  }

  /** @returns the result with the evaluation's last micro-batch */
  addEvaluated(part: EvaluatedMicroBatch): EvaluationResult | null {
    const result = this.evaluating.add(part);
    if (result === null) return null;
    this.progress.skipTime();
    if (this.evaluation !== null && result.step <= this.evaluation.step) return null;
    this.evaluation = result;
    this.folder.journal({ type: 'evaluated', ...result });
    return result;
  }

  status(): RunStatus {
    const { batches, progress } = this;
    const { step, loss, samplesPerSecond, etaSeconds } = progress;
    return {
      run: this.name,
      state: this.state,
      generation: this.generation,
      step,
      steps: batches.steps,
      epoch: Math.min(batches.epochOf(step), Math.ceil(batches.steps / batches.stepsPerEpoch)),
      epochs: Math.ceil(batches.steps / batches.stepsPerEpoch),
      batch: this.spec.training.batch,
      stepsPerEpoch: batches.stepsPerEpoch,
      loss,
      evaluation: this.evaluation,
      samplesPerSecond,
      etaSeconds: this.isFinal ? 0 : etaSeconds,
      startedAt: this.startedAt,
      elapsedSeconds: ((this.endedAt ?? Date.now()) - this.startedAt) / 1000 / this.dilation,
      mode: this.spec.mode,
      plan: [...this.plan],
      ...(this.plan.length > 1 && { wire: this.spec.wire }),
      master: this.figures(),
      masterPeakRssBytes: peakRssBytes(),
      ...(this.lastFigures && { figures: [...this.lastFigures] }),
      folder: this.folder.path,
      error: this.error === null ? null : { ...this.error },
      note: this.note,
      warnings: [...this.warnings],
      engine: this.spec.engine,
    };
  }
}
