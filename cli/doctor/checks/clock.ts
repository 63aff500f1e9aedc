// How this machine's clock stands to the master's. Commands that are five minutes old are refused, and logs of several
// boards can be read beside each other only when their clocks agree.

import type { ClockOffset } from '../../../transport/request-client.js';
import { type Finding, ok, warning } from '../finding.js';

const TOLERABLE_MS = 1_000;
const SET_IT = 'Let the network set the clock: `sudo timedatectl set-ntp true`, then `timedatectl`.';

export function clockFinding({ offsetMs, withinMs }: ClockOffset): Finding {
  const direction = offsetMs < 0 ? 'ahead of' : 'behind';
  const message = `${time(Math.abs(offsetMs))} ${direction} the master's clock, give or take ${time(withinMs)}`;
  const figures = { offsetMs, withinMs };
  const isOff = Math.abs(offsetMs) - withinMs > TOLERABLE_MS;
  return isOff ? warning('clock', message, SET_IT, figures) : ok('clock', message, figures);
}

/** @param isSet by systemd-timesyncd, the only one that we know to leave a sign */
export function unknownOffset(why: string, isSet: boolean): Finding {
  const message = `how far from the master's is not known: ${why}`;
  const figures = { offsetMs: null, isSet };
  if (isSet) return ok('clock', `set by the network; ${message}`, figures);
  return warning('clock', `systemd-timesyncd has not set it; ${message}`, SET_IT, figures);
}

function time(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
