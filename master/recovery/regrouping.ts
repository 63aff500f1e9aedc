// Which boards a run goes on with after a loss: those of before, if they are back within the grace time; else whoever
// is there. A board that does not answer is left out for a while, whatever the broker says of it.

import { CapacityError } from '../../errors.js';
import type { AgentInfo } from '../../protocol/agent-messages.js';
import type { PlanEntry } from '../../protocol/assignment.js';
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
  /** By what the times of the master and of its boards are multiplied; a board of another one does not belong here. */
  readonly dilation: number;
  readonly nowMs: () => number;
}

/** A board that did not answer is asked again after that. */
const DISTRUST_MS = 30_000;
/** Boards may become good enough without the registry's telling: one that was distrusted is asked again. */
const LOOK_AGAIN_MS = 10_000;

export class Regrouping {
  private readonly silentUntilMs = new Map<string, number>();
  private readonly slow: SlowBoards;
  /** Boards that a generation began with: they have something of the run on their disks. */
  private readonly veterans = new Set<string>();

  constructor(private readonly options: RegroupingOptions) {
    this.slow = new SlowBoards(options.nowMs);
  }

  /** It does not answer: that tells something only while it could be heard. */
  onSilent(agent: string): void {
    if (this.options.registry.isSettled) this.distrust(agent);
  }

  /** It is left out for a while. */
  distrust(agent: string): void {
    this.silentUntilMs.set(agent, this.options.nowMs() + DISTRUST_MS);
  }

  /** A generation has begun with these. */
  begun(agents: readonly string[]): void {
    for (const agent of agents) this.veterans.add(agent);
  }

  get isConnected(): boolean {
    return this.options.registry.isConnected;
  }

  isThere(agent: string): boolean {
    return this.options.registry.isThere(agent);
  }

  /** Boards that could take part now, as many as have something to do: those that took part before others. */
  available(): AgentInfo[] {
    const { registry, spec, dilation: own } = this.options;
    const able = ableBoards(registry.online(), spec.engine).filter(({ dilation }) => dilation === own);
    const trusted = able.filter(({ agent }) => !this.isSilent(agent));
    const most = Math.min(spec.boards ?? Number.POSITIVE_INFINITY, mostBoards(spec));
    const isVeteran = ({ agent }: AgentInfo) => Number(this.veterans.has(agent));
    const chosen = new Set(trusted.toSorted((a, b) => isVeteran(b) - isVeteran(a)).slice(0, most));
    return trusted.filter((each) => chosen.has(each));
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
    await this.untilConnected(onWait, signal);
    const areBack = () => before.every((agent) => this.isSilent(agent) || registry.isThere(agent));
    // After an outage of the broker boards come back one by one, each when its backoff lets it.
    const patienceMs = registry.isSettled ? graceMs : Math.max(graceMs, registry.confirmMs);
    await unlessEnded(registry.until(areBack, patienceMs), signal);
    for (;;) {
      const boards = this.available();
      const found = this.tryArrange(boards);
      if ('plan' in found) return found;
      onWait(found.reason);
      await this.untilOthers(LOOK_AGAIN_MS, signal, boards);
    }
  }

  /**
   * With each cut: what a micro-batch took at each board.
   * @returns whether layers, or a star's samples, should move off one that stays slow
   */
  hasBetterThan(plan: readonly PlanEntry[], measuredMs: ReadonlyMap<string, number>): boolean {
    if (!this.hasShares() || !this.slow.observe(plan, measuredMs)) return false;
    const found = this.tryArrange(this.available());
    return 'plan' in found && this.slow.isWorthIt(plan, found.plan.entries);
  }

  /** Without waiting for all, a star's workers have equal shares, and none holds up the others. */
  private hasShares(): boolean {
    const { mode, star } = this.options.spec;
    return mode === 'ring' || star.consistency === 'bsp';
  }

  /**
   * Resolves when other boards could take part than `before`, or after a while.
   * @throws the signal's reason
   */
  async untilOthers(atMostMs: number, signal: AbortSignal, before = this.available()): Promise<void> {
    await unlessEnded(
      this.options.registry.until(() => isAnother(this.available(), before), atMostMs),
      signal,
    );
  }

  /** Whether the run would have more boards than it has. */
  hasMoreThan(workers: number): boolean {
    const boards = this.available();
    if (boards.length <= workers) return false;
    const found = this.tryArrange(boards);
    return 'plan' in found && found.plan.entries.length - 1 > workers;
  }

  /** Without the broker no board can be asked anything, and none is to blame for it. */
  private async untilConnected(onWait: (reason: string) => void, signal: AbortSignal): Promise<void> {
    const { registry } = this.options;
    while (!registry.isConnected) {
      onWait('there is no connection to the broker');
      await unlessEnded(
        registry.until(() => registry.isConnected, LOOK_AGAIN_MS),
        signal,
      );
    }
  }

  private isSilent(agent: string): boolean {
    return (this.silentUntilMs.get(agent) ?? Number.NEGATIVE_INFINITY) > this.options.nowMs();
  }

  /** A board that is too small for a stage of its own is in the way of the others: the smallest is left out first. */
  private tryArrange(boards: readonly AgentInfo[]): Arrangement | { readonly reason: string } {
    let reason = 'no board is online';
    for (let left = [...boards]; left.length > 0; left = withoutSmallest(left)) {
      try {
        return arrange({ ...this.options, boards: left, speedOf: (agent) => this.slow.speedOf(agent) });
      } catch (error) {
        if (!(error instanceof CapacityError)) throw error;
        if (left.length === boards.length) reason = error.message;
      }
    }
    return { reason };
  }
}

function withoutSmallest(boards: readonly AgentInfo[]): AgentInfo[] {
  const least = Math.min(...boards.map(({ memoryBytes }) => memoryBytes));
  const at = boards.findLastIndex(({ memoryBytes }) => memoryBytes === least);
  return boards.filter((_, index) => index !== at);
}

function isAnother(now: readonly AgentInfo[], before: readonly AgentInfo[]): boolean {
  return now.map(({ agent }) => agent).join() !== before.map(({ agent }) => agent).join();
}
