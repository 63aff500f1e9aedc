// What `ringtmp doctor` finds: of each thing how it is, and where it is not as it should be what to do about it.

import { type ErrorReport, reportOf } from '../../errors.js';

/** A warning: the board works, but not as well as it could. A problem: something that was asked for does not work. */
export type Level = 'ok' | 'warning' | 'problem';

export interface Finding {
  /** What was looked at: `engine`, `login`. */
  readonly check: string;
  readonly level: Level;
  readonly message: string;
  readonly remedy?: string | undefined;
  /** The same for programs, in `--json`. */
  readonly figures?: Readonly<Record<string, unknown>> | undefined;
}

export interface Check {
  readonly name: string;
  readonly limitMs: number;
  /** What it throws is a problem, with the error's remedy. */
  run(signal: AbortSignal): Promise<readonly Finding[]>;
}

export type Figures = Finding['figures'];

export function ok(check: string, message: string, figures?: Figures): Finding {
  return { check, level: 'ok', message, figures };
}

export function warning(check: string, message: string, remedy: string, figures?: Figures): Finding {
  return { check, level: 'warning', message, remedy, figures };
}

export function problem(check: string, error: unknown): Finding {
  const { message, remedy }: ErrorReport = reportOf(error);
  return { check, level: 'problem', message, remedy };
}
