// Which machine measured: no figure without it.

import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly kernel: string;
  readonly node: string;
}

const GIB = 2 ** 30;

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memoryGib: Math.round((totalmem() / GIB) * 10) / 10,
    system: distribution() ?? type(),
    kernel: release(),
    node: process.version,
  };
}

export function machineText({ processor, cores, memoryGib, system, kernel, node }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}, kernel ${kernel}, Node ${node}`;
}

/** os-release(5) */
function distribution(): string | null {
  try {
    return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}
