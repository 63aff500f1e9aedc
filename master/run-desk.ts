// Where runs are asked for, looked up and steered: one is on at a time.

import { CommandError, reportOf } from '../errors.js';
import { dilationOf } from '../node/emulation.js';
import { type Request, runRequestSchema, trainRequestSchema } from '../protocol/messages.js';
import { FINAL_STATES, type RunStatus } from '../protocol/run-messages.js';
import { RUN_FILE_REMEDY, type RunSpec, runSpecSchema } from '../protocol/run-spec.js';
import type { MasterVerb, Topics } from '../protocol/topics.js';
import { validate } from '../protocol/validation.js';
import type { Inbox } from '../transport/inbox.js';
import type { RequestHandler } from '../transport/request-server.js';
import type { Transport } from '../transport/transport.js';
import { type Arrangement, arrange, type OwnBoard, ownBoard } from './arrangement.js';
import { checkWire } from './check-wire.js';
import { commonDilation } from './common-dilation.js';
import type { FleetRegistry } from './fleet-registry.js';
import type { MasterOptions } from './master.js';
import { openRunRecord, reopenRunRecord } from './open-run-record.js';
import { mostBoards } from './planner.js';
import { Regrouping } from './recovery/regrouping.js';
import { historyOf, type RunHistory } from './recovery/run-history.js';
import { resolveEngine } from './resolve-engine.js';
import { Run } from './run.js';
import { type LeftRun, reopenRunFolder, runFolders } from './run-folder.js';
import type { RunRecord } from './run-record.js';

/** A board that was killed and is started again by its supervisor is back by then. */
const BOARD_GRACE_MS = 3_000;

export class RunDesk {
  private readonly runs = new Map<string, Run>();
  /** Of runs that have ended only this is kept: not their data. */
  private readonly ended = new Map<string, RunStatus>();
  private starting = false;
  private closed = false;

  constructor(
    private readonly options: MasterOptions,
    private readonly transport: Transport,
    private readonly topics: Topics,
    private readonly registry: FleetRegistry,
    private readonly inbox: Inbox | null,
  ) {}

  /** The run that is on, if any. */
  get current(): Run | undefined {
    return [...this.runs.values()].find(({ record }) => !record.isFinal);
  }

  /** Ends the run that is on, or leaves it to the next master, and waits until all have let go. */
  async close(): Promise<void> {
    this.closed = true;
    const { resumeRuns = false } = this.options;
    await Promise.all([...this.runs.values()].map((run) => (resumeRuns ? run.leave() : run.close())));
  }

  /**
   * Finds the run that a master before this one has left, if its last one has not ended: it goes on with `resume`.
   * @returns its name; null when there is none
   */
  async findLeft(): Promise<string | null> {
    for (const path of await runFolders(this.options.runsFolder)) {
      const left = await reopenRunFolder(path);
      const history = left && historyOf(left.journal);
      if (left && history && !FINAL_STATES.includes(history.state)) return this.reopen(left, history);
      await left?.folder.close();
      if (history) return null; // older ones were given up when it began
    }
    return null;
  }

  /** Once the boards know this master: what the one before gave them they give up. */
  resume(): void {
    const { current } = this;
    if (current === undefined) return;
    this.options.log.info({ run: current.record.name, generation: current.record.generation }, 'the run goes on');
    current.start().catch(() => {}); // its status tells
  }

  private async reopen(left: LeftRun, history: RunHistory): Promise<string | null> {
    const { log } = this.options;
    const { name: run } = left.folder;
    try {
      const record = await reopenRunRecord(left, history, this.options, dilationOf(this.options.emulation));
      const own = await ownBoard(record.spec, this.options);
      const arrangement = { plan: { entries: history.plan, windows: [] }, links: null };
      this.runs.set(run, this.runOf(record, own, arrangement, history));
      return run;
    } catch (error) {
      log.warn({ run, error: reportOf(error) }, 'the run cannot go on');
      left.folder.journal({ type: 'state', ...(history.ending ?? { state: 'failed', error: reportOf(error) }) });
      await left.folder.close();
      return null;
    }
  }

  handlers(): Record<MasterVerb, RequestHandler> {
    return {
      train: async (request) => this.train(validate('train', trainRequestSchema, request).spec),
      stop: async (request) => this.find(request).stop(),
      pause: async (request) => this.find(request).pause(),
      resume: async (request) => this.find(request).resume(),
      checkpoint: async (request) => this.find(request).checkpoint(),
      runs: async () => ({ runs: [...this.ended.values(), ...this.statuses()] }),
    };
  }

  private async train(asked: unknown): Promise<{ run: string; folder: string }> {
    const spec = validate('the run', runSpecSchema, asked, RUN_FILE_REMEDY);
    if (this.starting || this.current)
      throw new CommandError('a run is on', { remedy: 'Wait for its end, or stop it: `ringtmp stop`.' });
    this.starting = true;
    try {
      const run = await this.plan(spec);
      if (this.closed) await run.close();
      this.runs.set(run.record.name, run);
      await run.start();
      const { name, folder } = run.record;
      this.options.log.info({ run: name }, 'run started');
      return { run: name, folder: folder.path };
    } finally {
      this.starting = false;
    }
  }

  private runOf(record: RunRecord, own: OwnBoard | null, arrangement: Arrangement, history?: RunHistory): Run {
    const { transport, topics, registry, inbox, options } = this;
    const {
      memoryBytes,
      blas = {},
      emulation,
      workerGraceMs,
      graceClock,
      boardGraceMs = BOARD_GRACE_MS,
      log,
    } = options;
    const { spec, source } = record;
    const regrouping = new Regrouping({
      ...{ registry, spec, inputShape: source.train.sampleShape, own, inbox },
      graceMs: boardGraceMs,
      dilation: record.dilation,
      nowMs: () => performance.now(),
    });
    const onEnd = () => this.file(record);
    const resources = { transport, topics, memoryBytes, blas, emulation, inbox, workerGraceMs, graceClock };
    return new Run({ ...resources, record, arrangement, history, regrouping, log, onEnd });
  }

  private async plan(asked: RunSpec): Promise<Run> {
    const { registry, options } = this;
    const count = asked.boards ?? Math.max(1, registry.online().length);
    const online = await registry.waitFor(count, options.boardsTimeoutMs);
    const boards = asked.boards === undefined ? online.slice(0, mostBoards(asked)) : online;
    const own = await ownBoard(asked, options);
    const engine = resolveEngine(asked.engine, own === null ? boards : [...boards, own]);
    const spec = { ...asked, engine };
    const dilation = commonDilation(dilationOf(options.emulation), boards);
    const record = await openRunRecord(spec, options, dilation);
    try {
      checkWire(spec.wire, record.source);
      const inputShape = record.source.train.sampleShape;
      return this.runOf(record, own, arrange({ spec, inputShape, boards, own, inbox: this.inbox }));
    } catch (error) {
      record.enter('failed', error);
      await record.folder.close();
      throw error;
    }
  }

  private statuses(): RunStatus[] {
    return [...this.runs.values()].map(({ record }) => record.status());
  }

  private file(record: RunRecord): void {
    this.runs.delete(record.name);
    this.ended.set(record.name, record.status());
  }

  private find(request: Request): Run {
    const { run: name } = validate('the command', runRequestSchema, request);
    const run = this.runs.get(name);
    if (run) return run;
    if (this.ended.has(name)) throw new CommandError(`run ${name} has ended already`);
    throw new CommandError(`there is no run ${JSON.stringify(name)}`, { remedy: 'List the runs: `ringtmp runs`.' });
  }
}
