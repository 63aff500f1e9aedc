#!/usr/bin/env -S node --initial-old-space-size=64
// `ringtmp`, the one command. What a subcommand needs is loaded when it runs, so that an agent on a
// small board carries neither the broker nor the terminal's tables.

import { CommanderError } from 'commander';
import { createProgram } from './program.js';
import { reportFailure } from './report-failure.js';

const USAGE_ERROR = 2;
const LINGER_MS = 3_000;

async function main(): Promise<void> {
  // Nothing is left to do then. Where Node itself ends, it closes what is open first, and may spin at that for ever
  // (nodejs/node#47748); with an exit it does not.
  process.once('beforeExit', () => process.exit());
  const leave = (error: NodeJS.ErrnoException): void => process.exit(error.code === 'EPIPE' ? 0 : 1);
  process.stdout.on('error', leave); // `ringtmp watch | head`
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
  // Whatever was left open must not keep a finished command alive.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof CommanderError)) return reportFailure(error, process.argv.includes('--json'));
  return error.exitCode === 0 ? 0 : USAGE_ERROR; // commander has said what is wrong
}

await main();
