// The paper's fourth aim from faults that befell a ring and a star in the same sequence. The ring has to end as if nothing had
// been, and to go on as soon as the star does, which is no matter of course: a star bears the loss of a worker.

import { ALL, type FaultSummary, summariesOf } from './faults.js';
import { boardsText, duration, list } from './format.js';
import type { Recovery, RecoveryResult } from './recovery.js';

export interface ResilienceVerdict {
  readonly verdict: 'holds' | 'does not hold' | 'not measured';
  readonly sentence: string;
}

/** Medians that lie no further apart are the same: by so much the start of a process wavers. */
export const SAME_WITHIN = 0.1;

export function judgeResilience({ results, obstacle }: Recovery): ResilienceVerdict {
  const ring = results.find(({ mode }) => mode === 'ring');
  const star = results.find(({ mode }) => mode === 'star');
  if (!ring || !star) return { verdict: 'not measured', sentence: obstacle ?? 'No fault befell a run here.' };
  const figures = [ring, star].map(figuresText).join('; ');
  const basis = 'Processes of this computer, started again at once, not emulated boards.';
  const found = isOvercome(ring) ? againstStar(ring, star) : LOST;
  return {
    verdict: found.holds ? 'holds' : 'does not hold',
    sentence: `At ${boardsText(ring.boards)} ${figures}. ${found.why} ${basis}`,
  };
}

interface Finding {
  readonly holds: boolean;
  readonly why: string;
}

const LOST: Finding = { holds: false, why: 'The ring did not come through as if nothing had been.' };

function againstStar(ring: RecoveryResult, star: RecoveryResult): Finding {
  if (!isOvercome(star)) return { holds: true, why: 'The ring came through, the star did not.' };
  const [ours, theirs] = [ring, star].map((each) => overall(each).medianMs) as [number, number];
  if (ours > theirs * (1 + SAME_WITHIN)) return { holds: false, why: 'Both came through; the star goes on sooner.' };
  const isSooner = ours < theirs * (1 - SAME_WITHIN);
  return { holds: true, why: `Both came through; ${isSooner ? 'the ring goes on sooner' : 'neither goes on sooner'}.` };
}

/** All faults that were asked for, each with new steps after it, and all ended as if nothing had been. */
export function isOvercome(result: RecoveryResult): boolean {
  const { faults, matching } = overall(result);
  const goesOn = result.runs.every(({ faults }) => faults.every(({ recoveryMs }) => recoveryMs !== null));
  return goesOn && faults >= result.definition.faults && matching === faults;
}

export function overall({ runs }: Pick<RecoveryResult, 'runs'>): FaultSummary {
  return summariesOf(runs).find(({ kind }) => kind === ALL) as FaultSummary;
}

function figuresText(result: RecoveryResult): string {
  const { faults, medianMs, worstMs, repeated } = overall(result);
  const failures = result.runs.flatMap(({ failure }) => failure ?? []);
  const times = medianMs === null ? 'no recovery' : `median ${seconds(medianMs)}, worst ${seconds(worstMs)}`;
  const ends = failures.length > 0 ? `a run did not finish (${list(failures)})` : matchText(result);
  const again = `${repeated} ${repeated === 1 ? 'step' : 'steps'} again`;
  return `${result.contestant} ${times} over ${faults} ${faults === 1 ? 'fault' : 'faults'}, ${again}, ${ends}`;
}

/** `the same weights` */
export function matchText({ runs, standard }: RecoveryResult): string {
  const what = standard === 'weights' ? 'the same weights, bit for bit' : 'the same accuracy within a point';
  const [matching, all] = [runs.filter(({ matches }) => matches).length, runs.length];
  if (matching === all) return what;
  return `${matching === 0 ? 'not' : `in ${matching} of ${all} runs`} ${what}`;
}

export function seconds(ms: number | null): string {
  return duration(ms === null ? null : ms / 1000);
}
