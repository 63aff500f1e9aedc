// The paper's fourth aim from faults that befell a ring and a star in the same sequence. The ring has to end as if nothing had
// been, and to go on as soon as the star does after each kind of fault, which is no matter of course: a star bears the loss of
// a worker. What was not tried is said, too.

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
  const found = isOvercome(ring) ? againstStar(ring, star) : LOST;
  return {
    verdict: found.holds ? 'holds' : 'does not hold',
    sentence: `At ${boardsText(ring.boards)} ${figures}. ${found.why} ${scopeText([ring, star])}`,
  };
}

interface Finding {
  readonly holds: boolean;
  readonly why: string;
}

const LOST: Finding = { holds: false, why: 'The ring did not come through as if nothing had been.' };

function againstStar(ring: RecoveryResult, star: RecoveryResult): Finding {
  if (!isOvercome(star)) return { holds: true, why: 'The ring came through, the star did not.' };
  const kinds = summariesOf(ring.runs).filter(({ kind }) => kind !== ALL);
  const duels = kinds.flatMap((ours) => {
    const theirs = summariesOf(star.runs).find(({ kind }) => kind === ours.kind);
    return theirs === undefined ? [] : [duelText(ours, theirs)];
  });
  const holds = !duels.some(({ sooner }) => sooner === 'star');
  return { holds, why: `Both came through. ${capital(duels.map(({ text }) => text).join('; '))}.` };
}

/** `after a killed agent the star goes on sooner (ring 3.01 s, star 0.778 s)` */
function duelText({ kind, medianMs: ours }: FaultSummary, { medianMs: theirs }: FaultSummary) {
  const sooner = soonerOf(ours ?? Number.POSITIVE_INFINITY, theirs ?? Number.POSITIVE_INFINITY);
  const who = sooner === 'neither' ? sooner : `the ${sooner}`;
  const what = kind.startsWith(KILL) ? `a killed ${kind.slice(KILL.length)}` : kind;
  return { sooner, text: `after ${what} ${who} goes on sooner (ring ${seconds(ours)}, star ${seconds(theirs)})` };
}

const KILL = 'kill ';

function soonerOf(ringMs: number, starMs: number): 'ring' | 'star' | 'neither' {
  if (ringMs > starMs * (1 + SAME_WITHIN)) return 'star';
  return starMs > ringMs * (1 + SAME_WITHIN) ? 'ring' : 'neither';
}

/** What befell whom, where, and what nobody tried here. */
function scopeText(results: readonly RecoveryResult[]): string {
  const kinds = new Set(results.flatMap(({ runs }) => summariesOf(runs).map(({ kind }) => kind)));
  const tried = 'Tried: processes of this computer, not emulated boards, killed and started again at once';
  if (kinds.has('lose agent')) return `${tried}, and boards that stayed away.`;
  return `${tried}. Not tried: a board that stays away (ringtmp chaos <run-file> --kinds lose tries it).`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
