// What tests look at on the virtual board, with the system's own tools: the program under test is not asked.

import type { Attempt } from './board-shell.js';
import type { VirtualBoard } from './qemu.js';

export const AGENT = 'ringtmp-agent.service';
/** What gpio-mockup shows of its line 17 to whoever debugs the kernel. */
const LINE = '/sys/kernel/debug/gpio-mockup/gpiochip0/17';

export interface Blinking {
  /** That the changes took. */
  readonly seconds: number;
  /** Of the time that it was watched. */
  readonly litShare: number;
}

/** Watches the light until it has changed so often. */
export async function watchLight(board: VirtualBoard, changes: number): Promise<Blinking> {
  const watching = `
    left=${changes}; lit=0; looks=0; read -r last <${LINE}; began=$EPOCHREALTIME
    while [ $left -gt 0 ]; do
      read -r now <${LINE}
      if [ "$now" != "$last" ]; then left=$((left - 1)); last=$now; fi
      lit=$((lit + now)); looks=$((looks + 1))
      sleep 0.02
    done
    echo $began $EPOCHREALTIME $lit $looks`;
  const [began = 0, ended = 0, lit = 0, looks = 1] = (await board.run(watching)).split(' ').map(Number);
  return { seconds: ended - began, litShare: lit / looks };
}

export async function isLit(board: VirtualBoard): Promise<boolean> {
  return (await board.run(`cat ${LINE}`)).trim() === '1';
}

export async function propertyOf(board: VirtualBoard, property: string): Promise<string> {
  return (await board.run(`systemctl show --value --property=${property} ${AGENT}`)).trim();
}

export async function journalOf(board: VirtualBoard): Promise<string> {
  return (await board.attempt(`journalctl --boot --no-pager --output=short-monotonic | tail -60`)).output;
}

/** Whether a service with these properties of its unit may open the first I2C bus. */
export function openBus(board: VirtualBoard, properties: readonly string[]): Promise<Attempt> {
  const unit = properties.map((each) => `--property='${each}'`).join(' ');
  return board.attempt(`systemd-run --quiet --wait --pipe ${unit} bash -c 'exec 3<>/dev/i2c-0 && echo opened'`);
}
