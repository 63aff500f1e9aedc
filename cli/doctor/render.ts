// Findings as text: one a line, what to do about it under it.

import { colored, type Paint, plain } from '../view/render.js';
import type { Finding, Level } from './finding.js';

const STYLES = { ok: 'green', warning: 'yellow', problem: 'red' } as const;
const LEVEL_WIDTH = 'problem'.length;
/** Of the longest name of a check. */
const CHECK_WIDTH = 'service'.length;

export function renderFinding({ check, level, message, remedy }: Finding, paint: Paint = plain): string {
  const head = `${paint(STYLES[level], level.padEnd(LEVEL_WIDTH))}  ${check.padEnd(CHECK_WIDTH)}  `;
  const indent = ' '.repeat(LEVEL_WIDTH + CHECK_WIDTH + 4);
  return remedy === undefined ? head + message : `${head}${message}\n${indent}→ ${remedy}`;
}

export function renderVerdict(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems + warnings === 0) return 'All is well.';
  return [several(problems, 'problem'), several(warnings, 'warning')].filter((part) => part !== '').join(', ');
}

export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  return stream.isTTY ? colored : plain;
}

function several(count: number, what: string): string {
  if (count === 0) return '';
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
