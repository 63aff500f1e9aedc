// How a command that fails says so: what is wrong on one line, what to do about it on the next; or as
// JSON, where JSON was asked for.

import { type ErrorReport, reportOf } from '../errors.js';

export const FAILURE = 1;
/** 128 + SIGINT, as shells count. */
export const INTERRUPTED = 130;

/** @returns the exit code */
export function reportFailure(error: unknown, json: boolean): number {
  const report = reportOf(error);
  process.send?.({ failed: report }, () => process.disconnect()); // to `ringtmp up`
  if (json) process.stdout.write(`${JSON.stringify({ error: report })}\n`);
  else process.stderr.write(`${failureText(report)}\n`);
  if (process.env.RINGTMP_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return FAILURE;
}

export function failureText({ message, remedy }: ErrorReport): string {
  return remedy === undefined ? `ringtmp: ${message}` : `ringtmp: ${message}\n  ${remedy}`;
}
