// The end of a process' log, for the error that tells of its end.

import { readFileSync } from 'node:fs';

const LINES = 5;

export function logTail(file: string): string {
  const lines = readLines(file);
  if (lines.length === 0) return `Its log ${file} is empty: start it by itself to see what it says.`;
  return [`Its log ${file} ends with:`, ...lines.slice(-LINES).map((line) => `    ${line}`)].join('\n');
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
