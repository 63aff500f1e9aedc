// What this board is, from what the kernel tells.

import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';

const DEVICE_TREE_MODEL = '/proc/device-tree/model';
const TEMPERATURE = '/sys/class/thermal/thermal_zone0/temp'; // thousandths of a degree
const OWN_STATUS = '/proc/self/status'; // proc_pid_status(5)
/** Exists once systemd-timesyncd has set the clock (systemd-timesyncd.service(8), FILES). */
const CLOCK_IS_SET = '/run/systemd/timesync/synchronized';

/** `Raspberry Pi 4 Model B Rev 1.4`, or the processor's name where there is no device tree. */
export function boardModel(): string {
  const model = readIfThere(DEVICE_TREE_MODEL)?.replaceAll('\0', '');
  return model ?? `${cpus()[0]?.model.trim() ?? 'unknown processor'} (${arch()})`;
}

export function temperatureC(): number | null {
  const text = readIfThere(TEMPERATURE);
  return text === null ? null : Number(text) / 1000;
}

/**
 * The most that this process ever held in memory. `resourceUsage` would do, but on Linux what the parent held when it
 * started this process counts in there (getrusage(2); setmax_mm_hiwater_rss in the kernel's exec.c).
 */
export function peakRssBytes(): number {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readIfThere(OWN_STATUS) ?? '')?.[1];
  return 1024 * Number(kibibytes ?? process.resourceUsage().maxRSS);
}

export function clockIsSet(): boolean {
  return existsSync(CLOCK_IS_SET);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
