// What `ringtmp chaos` tells: a line for each fault that was overcome, one for each run, and the table; or JSON.

import { summariesOf } from '../../comparison/faults.js';
import { duration } from '../view/format.js';
import type { BefallenFault } from './battered-run.js';
import { faultLine, type JudgedRun, renderReport } from './report.js';

export interface ChaosOutput {
  note(text: string): void;
  /** A process has ended, by a fault or by itself. */
  ended(member: string, how: string): void;
  fault(fault: BefallenFault): void;
  run(run: JudgedRun): void;
  report(runs: readonly JudgedRun[], standard: 'weights' | 'accuracy'): void;
}

const USUAL_WIDTH = 120;
/** As faults end processes: whatever else does was none of ours. */
const OURS = 'SIGKILL';

export function chaosOutput(json: boolean): ChaosOutput {
  return json ? jsonOutput() : textOutput();
}

function textOutput(): ChaosOutput {
  let faults = 0;
  return {
    note: (text) => console.log(text),
    ended: (member, how) => {
      if (how !== OURS) console.log(`     ${member} ended by itself (${how}), and is started again`);
    },
    fault: (fault) => console.log(faultLine(++faults, fault)),
    run: (run) => console.log(runLine(run)),
    report: (runs, standard) => {
      console.log(`\n${renderReport(summariesOf(runs), standard, process.stdout.columns ?? USUAL_WIDTH)}`);
    },
  };
}

function runLine({ run, seed, steps, seconds, failure, matches }: JudgedRun): string {
  const name = `run ${run} (seed ${seed})`;
  if (failure !== null) return `${name} did not finish: ${failure}`;
  const verdict = matches ? 'as if nothing had been' : 'NOT AS THE UNDISTURBED ONE';
  return `${name}: ${steps} steps in ${duration(seconds)}, ${verdict}`;
}

function jsonOutput(): ChaosOutput {
  const write = (type: string, what: object) => console.log(JSON.stringify({ type, ...what }));
  return {
    note: (text) => write('note', { text }),
    ended: (member, how) => write('ended', { member, how }),
    fault: (fault) => write('fault', fault),
    run: (run) => write('run', run),
    report: (runs, standard) => {
      write('report', { standard, matches: runs.every(({ matches }) => matches), kinds: summariesOf(runs) });
    },
  };
}
