// What `compare` prints on standard output: the verdicts, for people; everything as it happens, for programs.

import { nameOf, type PlannedRun } from '../../comparison/plan.js';
import { type RecoveryPair, type RecoveryResult, recoveryName } from '../../comparison/recovery.js';
import { headlineOf } from '../../comparison/report/report.js';
import { overall } from '../../comparison/resilience.js';
import type { RunResult } from '../../comparison/result.js';
import type { AimVerdict } from '../../comparison/verdicts.js';

export interface CompareOutput {
  begin(plan: readonly PlannedRun[], pair: RecoveryPair | string, folder: string): void;
  result(result: RunResult, kept: boolean): void;
  recovery(result: RecoveryResult, kept: boolean): void;
  interrupted(): void;
  end(folder: string, verdicts: readonly AimVerdict[]): void;
}

export function compareOutput(stream: Pick<NodeJS.WriteStream, 'write'>, json: boolean): CompareOutput {
  const write = (line: string): void => void stream.write(`${line}\n`);
  return json ? jsonOutput((value) => write(JSON.stringify(value))) : textOutput(write);
}

function jsonOutput(write: (value: object) => void): CompareOutput {
  return {
    begin: (plan, pair, folder) => {
      const recoveries = typeof pair === 'string' ? [] : [pair.ring, pair.star].map(recoveryName);
      write({ type: 'plan', folder, runs: plan.map(nameOf), recoveries });
    },
    result({ contestant, boards, round, outcome, reason, wallSeconds }, kept) {
      write({ type: 'run', contestant, boards, round, outcome, reason, wallSeconds, kept });
    },
    recovery(result, kept) {
      const { contestant, boards, standard, wallSeconds } = result;
      write({ type: 'recovery', contestant, boards, standard, wallSeconds, kept, ...overall(result) });
    },
    interrupted: () => write({ type: 'interrupted' }),
    end(folder, found) {
      const verdicts = found.map(({ summary: _, contests: __, ...told }) => told);
      write({ type: 'report', folder, report: `${folder}/report.html`, verdicts });
    },
  };
}

function textOutput(write: (line: string) => void): CompareOutput {
  return {
    begin: () => undefined,
    result: () => undefined,
    recovery: () => undefined,
    interrupted: () => write('Interrupted. The same command goes on with the runs that are missing.'),
    end(folder, verdicts) {
      write(`\n${headlineOf(verdicts)}\n`);
      for (const { aim, title, verdict, plain, sentence } of verdicts) {
        const beside = plain === null ? '' : ` (plain: ${plain})`;
        write(`${aim} ${title}: ${verdict}${beside}\n  ${sentence}`);
      }
      write(`\nreport: ${folder}/report.html`);
    },
  };
}
