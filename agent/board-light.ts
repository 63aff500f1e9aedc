// The board's light: shows what the node does, unless somebody is looking for the board.

import type { LightPattern, StatusLight } from '../hardware/status-light.js';

export class BoardLight {
  private pattern: LightPattern = 'idle';
  private identifying: NodeJS.Timeout | null = null;

  constructor(private readonly light: StatusLight) {}

  get name(): string {
    return this.light.name;
  }

  show(pattern: LightPattern): void {
    this.pattern = pattern;
    if (this.identifying === null) this.light.show(pattern);
  }

  /** Shows where the board is for `ms`, whatever it does meanwhile. */
  identify(ms: number): void {
    this.stopIdentifying();
    this.light.show('identify');
    this.identifying = setTimeout(() => {
      this.stopIdentifying();
      this.light.show(this.pattern);
    }, ms).unref();
  }

  close(): Promise<void> {
    this.stopIdentifying();
    return this.light.close();
  }

  private stopIdentifying(): void {
    if (this.identifying !== null) clearTimeout(this.identifying);
    this.identifying = null;
  }
}
