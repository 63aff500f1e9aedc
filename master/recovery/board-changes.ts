// Why a run comes together anew though nothing is lost: a board is about to leave, one more is there, or one stays slow.
// Each waits for a cut, so that hardly a step is done again.

import { RunError } from '../../errors.js';
import type { PlanEntry } from '../../protocol/assignment.js';
import type { Topics } from '../../protocol/topics.js';
import type { Transport } from '../../transport/transport.js';
import { releaseBoards } from '../assign-boards.js';
import type { RunRecord } from '../run-record.js';
import type { Cuts } from './cuts.js';
import type { Regrouping } from './regrouping.js';

export interface BoardChangesOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly record: RunRecord;
  readonly regrouping: Regrouping;
  readonly cuts: Cuts;
}

export class BoardChanges {
  /** Boards whose agents are about to end. */
  private readonly leaving = new Set<string>();

  constructor(private readonly options: BoardChangesOptions) {}

  onLeaving({ agent }: PlanEntry): void {
    this.leaving.add(agent);
    this.options.cuts.ask();
  }

  /** One more is there, or one is back: it is used from the next cut. */
  onBoardsChanged(workers: number): void {
    if (this.options.regrouping.hasMoreThan(workers)) this.options.cuts.ask();
  }

  /**
   * At a cut.
   * @param workers boards that take part
   * @param microBatchMs what it took at each, as far as is known
   * @returns why the boards or their layers should be others; null: they stay
   */
  reason(workers: number, microBatchMs: ReadonlyMap<string, number>): RunError | null {
    const { regrouping, record } = this.options;
    if (this.leaving.size > 0) return this.goOnWithoutLeaving();
    if (regrouping.hasMoreThan(workers)) return new RunError('one more board is there: the work is shared out anew');
    if (!regrouping.hasBetterThan(record.plan, microBatchMs)) return null;
    return new RunError('a board stays slow: the work is shared out anew');
  }

  /** A generation has begun: those that wanted to leave and have no part in it may do so. */
  async release(): Promise<void> {
    const { transport, topics, record } = this.options;
    const isGone = (agent: string) => !record.plan.some((each) => each.agent === agent);
    const plan = [...this.leaving].filter(isGone).map((agent, index) => ({ agent, position: index + 1 }));
    this.leaving.clear();
    await releaseBoards(transport, topics, { name: record.name, plan }, () => true);
  }

  private goOnWithoutLeaving(): RunError {
    for (const agent of this.leaving) this.options.regrouping.distrust(agent);
    return new RunError(`${[...this.leaving].join(', ')} is about to leave: the others go on`);
  }
}
