// How far a comparison is, on standard error: a bar on a terminal, and for each run that ended a line.

import cliProgress from 'cli-progress';
import { nameOf, type PlannedRun } from '../../comparison/plan.js';
import type { RecoveryResult } from '../../comparison/recovery.js';
import { overall } from '../../comparison/resilience.js';
import type { RunResult } from '../../comparison/result.js';
import { duration, metricValue } from '../view/format.js';

export interface CompareProgress {
  started(name: string): void;
  /** A few steps of it, its times multiplied by so much. */
  trying(dilation: number): void;
  /** Of what is under way, from 0 to 1. */
  within(share: number): void;
  /** @param atOnce it took no time that would say anything of what is to come */
  ended(line: string, atOnce: boolean): void;
  close(): void;
}

/** The bar's parts of a run. */
const PARTS = 1000;

/** @param sizes of all that is to be done, in its order: what is twice as large takes about twice as long */
export function compareProgress(
  stream: NodeJS.WriteStream,
  sizes: readonly number[],
  nowMs: () => number,
): CompareProgress {
  const bars = new cliProgress.MultiBar({ stream, format: FORMAT, hideCursor: true, autopadding: true });
  const count = sizes.length;
  const bar = stream.isTTY ? bars.create(count * PARTS, 0, { what: '', left: '–', count: `0/${count}` }) : null;
  const pace = new Pace(sizes, nowMs);
  const show = (what: string): void => {
    bar?.update(Math.round(pace.done * PARTS), {
      what,
      left: duration(pace.secondsLeft),
      count: `${pace.ended}/${count}`,
    });
  };
  let running = '';
  return {
    started(name) {
      running = name;
      show(running);
    },
    trying: (dilation) => show(`${running}: a trial, times stretched by ${dilation}`),
    within(share) {
      pace.within(share);
      show(running);
    },
    ended(text, atOnce) {
      pace.end(atOnce);
      const line = `${pace.ended}/${count} ${text}\n`;
      if (bar === null) stream.write(line);
      else bars.log(line);
      show('');
    },
    close: () => bars.stop(),
  };
}

const FORMAT = ' {bar} {count} {what}  {left} left';

/** What remains, if what is to come takes as long for its size as what this session did. */
export class Pace {
  ended = 0;
  readonly #startMs: number;
  /** Sizes of what took its time. */
  #measured = 0;
  #share = 0;

  constructor(
    private readonly sizes: readonly number[],
    private readonly nowMs: () => number,
  ) {
    this.#startMs = nowMs();
  }

  /** In runs, with the share of the one under way. */
  get done(): number {
    return this.ended + this.#share;
  }

  get secondsLeft(): number | null {
    const underWay = this.#share * this.#size;
    const measured = this.#measured + underWay;
    if (measured === 0) return null;
    const left = this.sizes.slice(this.ended).reduce((sum, size) => sum + size, 0) - underWay;
    return (((this.nowMs() - this.#startMs) / 1000) * left) / measured;
  }

  within(share: number): void {
    this.#share = Math.min(1, share);
  }

  end(atOnce: boolean): void {
    if (!atOnce) this.#measured += this.#size;
    this.ended++;
    this.#share = 0;
  }

  get #size(): number {
    return this.sizes[this.ended] ?? 0;
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
