// A program that has said all, but hangs: a thread of Node's pool reads what nobody writes. Started by keeper.test.ts.

import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { allSaid } from '../../../cli/doctor/keeper.js';

const [fifo = '', pidFile = '', how] = process.argv.slice(2);
writeFileSync(pidFile, String(process.pid));
process.exitCode = 7;
if (how === 'hangs') readFile(fifo).catch(() => {});
setImmediate(() => {
  allSaid(7);
  process.exit(); // which waits for the thread
});
