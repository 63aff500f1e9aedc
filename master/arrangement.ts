// Which boards take part in a run, and as what: the plan over those that are there, and how they reach each other.

import type { EngineName } from '../compute/kernels.js';
import { type Emulation, profileOf } from '../node/emulation.js';
import { asFastAs, surveyEngines } from '../node/engine-survey.js';
import type { AgentInfo } from '../protocol/agent-messages.js';
import type { Peers } from '../protocol/links.js';
import type { Mode, ResolvedRunSpec, RunSpec } from '../protocol/run-spec.js';
import { MASTER_ID } from '../protocol/topics.js';
import type { Inbox } from '../transport/inbox.js';
import type { MasterOptions } from './master.js';
import { type Plan, planRing } from './planner.js';
import { type EngineHolder, gflopsOf } from './resolve-engine.js';
import { peersOf } from './run-links.js';
import { plannedBoard, plannedBoards } from './same-kind.js';
import type { PlannedBoard } from './stage-costs.js';
import { planStar } from './star-plan.js';

/** The master as a board, where it computes. */
export type OwnBoard = EngineHolder & Pick<AgentInfo, 'agent' | 'memoryBytes' | 'profile'>;

export interface Arrangement {
  readonly plan: Plan;
  /** By position; null when all frames go through the fleet's broker. */
  readonly links: readonly Peers[] | null;
}

export interface ArrangementRequest {
  readonly spec: ResolvedRunSpec;
  /** Of the data, per sample. */
  readonly inputShape: readonly number[];
  /** In the order of the positions, from 1. */
  readonly boards: readonly AgentInfo[];
  /** Null where the master holds no layers. */
  readonly own: OwnBoard | null;
  readonly inbox: Inbox | null;
  /** The share of its speed that a board has, as a run has measured it; 1 unless told. */
  readonly speedOf?: (agent: string) => number;
}

/** @throws CapacityError when the model does not fit into these boards */
export function arrange({ spec, inputShape, boards, own, inbox, speedOf = () => 1 }: ArrangementRequest): Arrangement {
  const planned = plannedBoards(boards, spec.engine).map((board) => {
    return { ...board, gflops: board.gflops * speedOf(board.id) };
  });
  const master = own && plannedBoard(own, gflopsOf(own, spec.engine));
  const plan =
    spec.mode === 'star'
      ? planStar({ spec, inputShape, boards: planned, master: master as PlannedBoard })
      : planRing({ spec, inputShape, boards: planned, master });
  return { plan, links: spec.links === 'direct' ? linksOf(spec.mode, plan, boards, inbox) : null };
}

/** @returns null where the master is no board in that run */
export async function ownBoard(
  { mode, masterStage, engine }: RunSpec,
  { memoryBytes, blas = {}, emulation }: Pick<MasterOptions, 'memoryBytes' | 'blas' | 'emulation'>,
): Promise<OwnBoard | null> {
  if (!masterStage && mode !== 'star') return null;
  const survey = await surveyEngines(engine, blas);
  const profile = profileOf(emulation as Emulation | undefined);
  return { agent: MASTER_ID, ...(profile ? asFastAs(profile, survey) : survey), memoryBytes, profile };
}

/** Those that can compute as the run does. */
export function ableBoards(boards: readonly AgentInfo[], engine: EngineName): AgentInfo[] {
  return boards.filter(({ engines }) => engines[engine] !== undefined);
}

function linksOf(mode: Mode, { entries }: Plan, boards: readonly AgentInfo[], inbox: Inbox | null): Peers[] {
  const addressOf = (agent: string) => boards.find((board) => board.agent === agent)?.links ?? null;
  const own = inbox?.address ?? null;
  return peersOf(
    mode,
    entries.map(({ position, agent }) => (position === 0 ? own : addressOf(agent))),
  );
}
