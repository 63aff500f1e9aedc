// What cuts cost while nothing is lost, as a table: runs with cuts beside the same runs without.

import type { BenchContext } from '../group.js';
import type { Row, Section } from '../report/report.js';
import { median, spreadOf } from '../statistics.js';
import type { CutContest, CutRounds } from './cut-contest.js';
import { BOARDS, EXAMPLE_NAME } from './job.js';

export function cutSection({ rounds, warmUpMs, measuredMs }: CutContest, context: BenchContext): Section {
  const interval = context.quick ? 'every ten steps, for the sake of haste,' : 'at the default interval';
  return {
    title: 'What cuts cost while nothing is lost',
    about: [
      `The network of ${EXAMPLE_NAME} on ${BOARDS} boards, each a process of its own on this machine, with snapshots and replicas`,
      `${interval} and without any. ${context.rounds} alternating rounds of ${measuredMs / 1000} s after the first`,
      `${warmUpMs / 1000} s; the ratio is the median of those of single rounds. A cut takes from the call for it until all its parts`,
      'lie on two disks (a star’s on the server’s); the run goes on meanwhile. What it lost to them is told by the same run, too:',
      'how much longer its steps took while a cut was on its way than its other steps.',
    ],
    columns: [
      { key: 'withCuts', title: 'samples/s' },
      { key: 'without', title: 'without cuts' },
      { key: 'cuts', title: 'cuts a round', digits: 1 },
      { key: 'cutMs', title: 'a cut, ms', digits: 1 },
      { key: 'cutsPercent', title: 'cuts, % of the time', digits: 2 },
      { key: 'lostPercent', title: 'lost to them, %', digits: 2 },
    ],
    rows: rounds.map(rowOf),
    peers: [],
  };
}

export function rowOf({ variant, withCuts, without }: CutRounds): Row {
  const ratio = spreadOf(
    withCuts.map((run, round) => run.samplesPerSecond / (without[round]?.samplesPerSecond ?? Number.NaN)),
  );
  const rateOf = (runs: CutRounds['without']) => median(runs.map(({ samplesPerSecond }) => samplesPerSecond));
  return {
    id: `recovery/cuts/${variant.key}`,
    name: variant.name,
    values: {
      withCuts: rateOf(withCuts),
      without: rateOf(without),
      cuts: median(withCuts.map(({ cutsMs }) => cutsMs.length)),
      cutMs: median(withCuts.flatMap(({ cutsMs }) => cutsMs)),
      cutsPercent: median(withCuts.map(({ cutsMs, lastsMs }) => (100 * sum(cutsMs)) / lastsMs)),
      lostPercent: median(withCuts.map(({ lostMs, lastsMs }) => (100 * lostMs) / lastsMs)),
    },
    ratio: ratio && { ...ratio, to: 'without cuts' },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
