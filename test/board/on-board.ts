// What tests look at on the virtual board, with the system's own tools: the program under test is not asked.

import type { Attempt } from './board-shell.js';
import type { VirtualBoard } from './qemu.js';

export const AGENT = 'ringtmp-agent.service';
/** What gpio-mockup shows of its line 17 to whoever debugs the kernel. */
const LINE = '/sys/kernel/debug/gpio-mockup/gpiochip0/17';

/** Watches the light until it has changed so often. @returns the seconds that this took */
export async function watchLight(board: VirtualBoard, changes: number): Promise<number> {
  const watching = `
    left=${changes}; read -r last <${LINE}; began=$EPOCHREALTIME
    while [ $left -gt 0 ]; do
      read -r now <${LINE}
      if [ "$now" != "$last" ]; then left=$((left - 1)); last=$now; fi
      sleep 0.02
    done
    echo $began $EPOCHREALTIME`;
  const [began = 0, ended = 0] = (await board.run(watching)).split(' ').map(Number);
  return ended - began;
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
