// What `compare` prints on standard output: the verdicts, for people; everything as it happens, for programs.

import { nameOf, type PlannedRun } from '../../comparison/plan.js';
import { headlineOf } from '../../comparison/report/report.js';
import type { RunResult } from '../../comparison/result.js';
import type { AimVerdict } from '../../comparison/verdicts.js';

export interface CompareOutput {
  begin(plan: readonly PlannedRun[], folder: string): void;
  result(result: RunResult, kept: boolean): void;
  interrupted(): void;
  end(folder: string, verdicts: readonly AimVerdict[]): void;
}

export function compareOutput(stream: Pick<NodeJS.WriteStream, 'write'>, json: boolean): CompareOutput {
  const write = (line: string): void => void stream.write(`${line}\n`);
  return json ? jsonOutput((value) => write(JSON.stringify(value))) : textOutput(write);
}

function jsonOutput(write: (value: object) => void): CompareOutput {
  return {
    begin: (plan, folder) => write({ type: 'plan', folder, runs: plan.map(nameOf) }),
    result({ contestant, boards, round, outcome, reason, wallSeconds }, kept) {
      write({ type: 'run', contestant, boards, round, outcome, reason, wallSeconds, kept });
    },
    interrupted: () => write({ type: 'interrupted' }),
    end(folder, found) {
      const verdicts = found.map(({ aim, title, verdict, sentence }) => ({ aim, title, verdict, sentence }));
      write({ type: 'report', folder, report: `${folder}/report.html`, verdicts });
    },
  };
}

function textOutput(write: (line: string) => void): CompareOutput {
  return {
    begin: () => undefined,
    result: () => undefined,
    interrupted: () => write('Interrupted. The same command goes on with the runs that are missing.'),
    end(folder, verdicts) {
      write(`\n${headlineOf(verdicts)}\n`);
      for (const { aim, title, verdict, sentence } of verdicts) write(`${aim} ${title}: ${verdict}\n  ${sentence}`);
      write(`\nreport: ${folder}/report.html`);
    },
  };
}
