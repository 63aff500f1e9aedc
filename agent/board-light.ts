// The board's light: shows what the node does, unless the broker is out of reach or somebody is looking for the board.

import type { LightPattern, StatusLight } from '../hardware/lights/status-light.js';

export class BoardLight {
  private pattern: LightPattern = 'idle';
  private connected = true;
  private identifying: NodeJS.Timeout | null = null;

  constructor(private readonly light: StatusLight) {}

  get name(): string {
    return this.light.name;
  }

  show(pattern: LightPattern): void {
    this.pattern = pattern;
    this.showNow();
  }

  /** Without the broker it is dark, whatever the node still does. */
  connection(connected: boolean): void {
    this.connected = connected;
    this.showNow();
  }

  /** Shows where the board is for `ms`, whatever it does meanwhile. */
  identify(ms: number): void {
    this.stopIdentifying();
    this.light.show('identify');
    this.identifying = setTimeout(() => {
      this.stopIdentifying();
      this.showNow();
    }, ms).unref();
  }

  close(): Promise<void> {
    this.stopIdentifying();
    return this.light.close();
  }

  private showNow(): void {
    if (this.identifying === null) this.light.show(this.connected ? this.pattern : 'offline');
  }

  private stopIdentifying(): void {
    if (this.identifying !== null) clearTimeout(this.identifying);
    this.identifying = null;
  }
}
