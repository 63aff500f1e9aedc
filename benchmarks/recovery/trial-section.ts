// How long runs took to go on after faults, as a table: by kind, against what is allowed where something is.

import type { BenchContext } from '../group.js';
import type { Row, Section } from '../report/report.js';
import { median } from '../statistics.js';
import { BOARDS, EXAMPLE_NAME } from './job.js';
import { nameOf, type Trial, type TrialOutcome } from './trials.js';

/** From the fault until the run goes on, for what has such a bar. */
const ALLOWED_MS = { kill: 2_000, lose: 5_000 } as const;
const LOSSES = { kill: 'temporary', lose: 'permanent' } as const;

export function trialSection(outcomes: readonly TrialOutcome[], context: BenchContext): Section {
  const interval = context.quick ? 'every second, for the sake of haste' : 'at the default interval';
  return {
    title: 'How long a run takes to go on when something is lost',
    about: [
      `The network of ${EXAMPLE_NAME} on ${BOARDS} boards, each a process of its own on this machine, which is killed; cuts ${interval}.`,
      'kill: SIGKILL, and the process is started again at once. lose: not before 6 to 9 s, so that the others share its layers. Until the',
      'run goes on: from the fault until the generation that came of it has begun, its layers and their snapshots handed over;',
      'then it does again what was not kept, up to the first new step. A star that bears the loss goes on with its next step.',
      'The ratio is that of the worst to what is allowed: 2 s for a loss that is over at once, 5 s for one that stays.',
    ],
    columns: [
      { key: 'faults', title: 'faults' },
      { key: 'medianS', title: 'goes on after, s', digits: 2 },
      { key: 'worstS', title: 'at worst', digits: 2 },
      { key: 'newStepS', title: 'new step after, s', digits: 2 },
      { key: 'worstNewStepS', title: 'at worst', digits: 2 },
      { key: 'repeated', title: 'steps again' },
    ],
    rows: outcomes.map(rowOf),
    peers: [],
  };
}

export function rowOf(outcome: TrialOutcome): Row {
  const { faults, failure } = outcome;
  // Of a fault after which nothing came no time is known: it was too long.
  const times = (of: (fault: TrialOutcome['faults'][number]) => number | null) => {
    return faults.map((fault) => (of(fault) ?? Number.POSITIVE_INFINITY) / 1000);
  };
  const wentOn = times(({ wentOnMs }) => wentOnMs);
  const newStep = times(({ newStepMs }) => newStepMs);
  return {
    id: idOf(outcome),
    name: nameOf(outcome),
    values: {
      faults: faults.length,
      medianS: median(wentOn),
      worstS: Math.max(...wentOn),
      newStepS: median(newStep),
      worstNewStepS: Math.max(...newStep),
      repeated: median(faults.map(({ repeated }) => repeated)),
    },
    ratio: ratioOf(outcome, wentOn),
    ...(failure !== null && { note: failure }),
  };
}

function ratioOf({ kind: { fault, member } }: Trial, seconds: readonly number[]): Row['ratio'] {
  if (!isJudged(fault) || member !== 'agent' || seconds.length === 0) return null;
  const allowedS = ALLOWED_MS[fault] / 1000;
  const shares = seconds.map((each) => each / allowedS);
  return { value: Math.max(...shares), min: Math.min(...shares), max: Math.max(...shares), to: `${allowedS} s` };
}

function idOf({ variant, kind: { fault, member } }: Trial): string {
  const what = isJudged(fault) && member === 'agent' ? LOSSES[fault] : `${fault}-${member}`;
  return `recovery/${what}/${variant.key}`;
}

function isJudged(fault: string): fault is keyof typeof ALLOWED_MS {
  return fault in ALLOWED_MS;
}
