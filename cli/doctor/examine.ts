// Runs checks one after the other, for some measure speed. None can hold up those after it: each has its time.

import { TimeoutError } from '../../errors.js';
import { unlessEnded } from '../../transport/request-client.js';
import { type Check, type Finding, problem } from './finding.js';

/**
 * @param onFindings told of each check as it ends
 * @param signal ends it: what has been found until then is returned
 */
export async function examine(
  checks: readonly Check[],
  onFindings: (findings: readonly Finding[]) => void,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const all: Finding[] = [];
  for (const check of checks) {
    const findings = await examineOne(check, signal);
    if (signal.aborted) break;
    onFindings(findings);
    all.push(...findings);
  }
  return all;
}

async function examineOne(check: Check, signal: AbortSignal): Promise<readonly Finding[]> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLate(check)), check.limitMs);
  const ended = AbortSignal.any([signal, late.signal]);
  try {
    return await unlessEnded(check.run(ended), ended);
  } catch (error) {
    return [problem(check.name, error)];
  } finally {
    clearTimeout(timer);
  }
}

function tooLate({ name, limitMs }: Check): TimeoutError {
  return new TimeoutError(`${name} could not be looked at within ${limitMs / 1000} s`, {
    remedy: 'See whether the board is busy or hangs (`top`, `dmesg | tail`), and try again.',
  });
}
