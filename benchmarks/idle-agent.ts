// What an idle agent takes: a broker and agents as `ringtmp up` starts them, each a process of its own;
// printed is each agent's resident memory once it has settled. Usage: node dist/benchmarks/idle-agent.js

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalFleet } from '../cli/up/local-fleet.js';

const BOARDS = 4;
/** Ten seconds after its start an agent collects what the start left. */
const SETTLED_MS = 20_000;

/** From the kernel, in MB of 10⁶ bytes (proc(5), VmRSS). */
function residentMb(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-idle-'));
const fleet = new LocalFleet({
  fleet: 'bench',
  boards: BOARDS,
  port: 0,
  runsFolder,
  dataFolders: [],
  engine: 'auto',
  env: process.env,
});
try {
  await fleet.start();
  await sleep(SETTLED_MS);
  const rssMb = fleet.boardPids.map((pid) => Math.round(residentMb(pid) * 10) / 10);
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  console.log(
    JSON.stringify({ date: new Date().toISOString(), machine, rssMb, largestMb: Math.max(...rssMb) }, null, 2),
  );
} finally {
  await fleet.stop();
  await rm(runsFolder, { recursive: true, force: true });
}
