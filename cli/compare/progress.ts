// How far a comparison is, on standard error: a bar on a terminal, and for each run that ended a line.

import cliProgress from 'cli-progress';
import { nameOf, type PlannedRun } from '../../comparison/plan.js';
import type { RecoveryResult } from '../../comparison/recovery.js';
import { overall } from '../../comparison/resilience.js';
import type { RunResult } from '../../comparison/result.js';
import { duration, metricValue } from '../view/format.js';

export interface CompareProgress {
  started(name: string): void;
  /** Of what is under way, from 0 to 1. */
  within(share: number): void;
  /** @param atOnce it took no time that would say anything of what is to come */
  ended(line: string, atOnce: boolean): void;
  close(): void;
}

/** The bar's parts of a run. */
const PARTS = 1000;

export function compareProgress(stream: NodeJS.WriteStream, runs: number, nowMs: () => number): CompareProgress {
  const bars = new cliProgress.MultiBar({ stream, format: FORMAT, hideCursor: true, autopadding: true });
  const bar = stream.isTTY ? bars.create(runs * PARTS, 0, { what: '', left: '–', count: `0/${runs}` }) : null;
  const pace = new Pace(runs, nowMs);
  const show = (what: string): void => {
    bar?.update(Math.round(pace.done * PARTS), {
      what,
      left: duration(pace.secondsLeft),
      count: `${pace.ended}/${runs}`,
    });
  };
  let running = '';
  return {
    started(name) {
      running = name;
      show(running);
    },
    within(share) {
      pace.within(share);
      show(running);
    },
    ended(text, atOnce) {
      pace.end(atOnce);
      const line = `${pace.ended}/${runs} ${text}\n`;
      if (bar === null) stream.write(line);
      else bars.log(line);
      show('');
    },
    close: () => bars.stop(),
  };
}

const FORMAT = ' {bar} {count} {what}  {left} left';

/** What remains, if the runs to come take as long as those of this session on average. */
class Pace {
  ended = 0;
  readonly #startMs: number;
  #measured = 0;
  #share = 0;

  constructor(
    private readonly runs: number,
    private readonly nowMs: () => number,
  ) {
    this.#startMs = nowMs();
  }

  get done(): number {
    return this.ended + this.#share;
  }

  get secondsLeft(): number | null {
    const measured = this.#measured + this.#share;
    if (measured === 0) return null;
    return (((this.nowMs() - this.#startMs) / 1000) * (this.runs - this.done)) / measured;
  }

  within(share: number): void {
    this.#share = Math.min(1, share);
  }

  end(atOnce: boolean): void {
    this.ended++;
    this.#share = 0;
    if (!atOnce) this.#measured++;
  }
}

export function runLine(run: PlannedRun, result: RunResult, kept: boolean): string {
  const { outcome, reason, figures, wallSeconds } = result;
  const name = nameOf(run);
  if (outcome !== 'finished') return `${name} ${outcome}: ${reason}`;
  const last = figures?.evaluations.at(-1);
  const good =
    figures && last ? `, ${figures.metric} ${metricValue({ metric: figures.metric, value: last.value })}` : '';
  return `${name} finished in ${duration(wallSeconds)}${good}${kept ? ' (from before)' : ''}`;
}

export function recoveryLine(result: RecoveryResult, kept: boolean): string {
  const { faults, medianMs } = overall(result);
  const ends = result.runs.every(({ matches }) => matches) ? '' : ', and ended otherwise than undisturbed';
  const times = `${faults} faults, went on after ${duration(medianMs === null ? null : medianMs / 1000)} (median)`;
  return `recovery of ${result.contestant}-${result.boards}: ${times}${ends}${kept ? ' (from before)' : ''}`;
}
