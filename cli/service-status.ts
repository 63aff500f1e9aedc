// The one line with which a service tells what it does, as `systemctl status` shows it and `ringtmp upgrade` reads it.

const RUN = 'run ';
const IDLE = 'no run';

/** @param run the run that is on, if any */
export function statusText(run: string | null): string {
  return run === null ? IDLE : `${RUN}${run}`;
}

/** The run that a service told of. */
export function runIn(status: string): string | null {
  return status.startsWith(RUN) ? status.slice(RUN.length) : null;
}
