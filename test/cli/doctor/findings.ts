// What a check finds, as a test looks at it.

import { examine } from '../../../cli/doctor/examine.js';
import type { Check, Finding } from '../../../cli/doctor/finding.js';

export function findingsOf(...checks: Check[]): Promise<readonly Finding[]> {
  return examine(checks, () => {}, new AbortController().signal);
}

/** `level check: message` */
export function line({ level, check, message }: Finding): string {
  return `${level} ${check}: ${message}`;
}
