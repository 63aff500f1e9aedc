// Which boards a run goes on with after a loss: those of before, if they are back within the grace time; else whoever
// is there. A board that does not answer is left out for a while, whatever the broker says of it.

import { CapacityError } from '../../errors.js';
import type { AgentInfo, PlanEntry } from '../../protocol/messages.js';
import type { ResolvedRunSpec } from '../../protocol/run-spec.js';
import type { Inbox } from '../../transport/inbox.js';
import { unlessEnded } from '../../transport/request-client.js';
import { type Arrangement, ableBoards, arrange, type OwnBoard } from '../arrangement.js';
import type { FleetRegistry } from '../fleet-registry.js';
import { mostBoards } from '../planner.js';
import { SlowBoards } from './slow-boards.js';

export interface RegroupingOptions {
  readonly registry: FleetRegistry;
  readonly spec: ResolvedRunSpec;
  readonly inputShape: readonly number[];
  readonly own: OwnBoard | null;
  readonly inbox: Inbox | null;
  /** How long a board that is lost may take to come back to its place. */
  readonly graceMs: number;
  readonly nowMs: () => number;
}

/** A board that did not answer is asked again after that. */
const DISTRUST_MS = 30_000;
/** As long as a timer can wait. */
const FOR_EVER_MS = 2 ** 31 - 1;

export class Regrouping {
  private readonly silentUntilMs = new Map<string, number>();
  private readonly slow: SlowBoards;

  constructor(private readonly options: RegroupingOptions) {
    this.slow = new SlowBoards(options.nowMs);
  }

  /** It does not answer. */
  distrust(agent: string): void {
    this.silentUntilMs.set(agent, this.options.nowMs() + DISTRUST_MS);
  }

  /** Boards that could take part now, as many as have something to do. */
  available(): AgentInfo[] {
    const { registry, spec, nowMs } = this.options;
    const trusted = ableBoards(registry.online(), spec.engine).filter(({ agent }) => {
      return (this.silentUntilMs.get(agent) ?? 0) <= nowMs();
    });
    return trusted.slice(0, Math.min(spec.boards ?? Number.POSITIVE_INFINITY, mostBoards(spec)));
  }

  /**
   * @param before the boards of the generation before: it waits a little for all of them
   * @param onWait told when nobody is there, or the model does not fit into those that are
   * @throws the signal's reason
   */
  async arrange(
    before: readonly string[],
    onWait: (reason: string) => void,
    signal: AbortSignal,
  ): Promise<Arrangement> {
    const { registry, graceMs } = this.options;
    const areBack = () => before.every((agent) => this.silentUntilMs.has(agent) || this.isThere(agent));
    await unlessEnded(registry.until(areBack, graceMs), signal);
    for (;;) {
      const boards = this.available();
      const found = this.tryArrange(boards);
      if ('plan' in found) return found;
      onWait(found.reason);
      await unlessEnded(
        registry.until(() => isAnother(this.available(), boards), FOR_EVER_MS),
        signal,
      );
    }
  }

  /**
   * With each cut: what a micro-batch took at each board.
   * @returns whether layers should move off one that stays slow
   */
  hasBetterThan(plan: readonly PlanEntry[], measuredMs: ReadonlyMap<string, number>): boolean {
    if (this.options.spec.mode === 'star' || !this.slow.observe(plan, measuredMs)) return false;
    const found = this.tryArrange(this.available());
    return 'plan' in found && this.slow.isWorthIt(plan, found.plan.entries);
  }

  /** Whether the run would have more boards than it has. */
  hasMoreThan(workers: number): boolean {
    return this.available().length > workers;
  }

  private isThere(agent: string): boolean {
    return this.options.registry.online().some((each) => each.agent === agent);
  }

  private tryArrange(boards: readonly AgentInfo[]): Arrangement | { readonly reason: string } {
    if (boards.length === 0) return { reason: 'no board is online' };
    try {
      return arrange({ ...this.options, boards: boards.map((each) => this.slow.asItIs(each)) });
    } catch (error) {
      if (error instanceof CapacityError) return { reason: error.message };
      throw error;
    }
  }
}

function isAnother(now: readonly AgentInfo[], before: readonly AgentInfo[]): boolean {
  return now.map(({ agent }) => agent).join() !== before.map(({ agent }) => agent).join();
}
