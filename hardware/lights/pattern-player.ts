// A status light of any number of lamps, which all play the same pattern at the same time.

import type { Lamp } from './lamp.js';
import { LIGHT_CLOCK, type LightClock } from './light-clock.js';
import { PacedLamp } from './paced-lamp.js';
import { PATTERNS } from './patterns.js';
import type { LightPattern, StatusLight } from './status-light.js';

export interface PlayerOptions {
  /** Told the first fault of each lamp. */
  readonly onTrouble: (error: unknown) => void;
  readonly clock?: LightClock;
}

export function playPatterns(lamps: readonly Lamp[], options: PlayerOptions): StatusLight {
  return new PatternPlayer(lamps, options.clock ?? LIGHT_CLOCK, options.onTrouble);
}

class PatternPlayer implements StatusLight {
  readonly name: string;
  private readonly lamps: readonly PacedLamp[];
  private pattern: LightPattern = 'offline';
  private cancelBeat: () => void = () => {};
  private closed: Promise<void> | null = null;

  constructor(
    lamps: readonly Lamp[],
    private readonly clock: LightClock,
    onTrouble: (error: unknown) => void,
  ) {
    this.name = lamps.length === 0 ? 'none' : lamps.map(({ name }) => name).join(', ');
    this.lamps = lamps.map((lamp) => new PacedLamp(lamp, clock, onTrouble));
  }

  show(pattern: LightPattern): void {
    if (this.closed || pattern === this.pattern) return;
    this.pattern = pattern;
    this.cancelBeat();
    this.play(0, this.clock.nowMs());
  }

  close(): Promise<void> {
    this.cancelBeat();
    this.closed ??= Promise.all(this.lamps.map((lamp) => lamp.close())).then(() => {});
    return this.closed;
  }

  goDark(): void {
    this.cancelBeat();
    this.closed ??= Promise.resolve();
    for (const lamp of this.lamps) lamp.putOut();
  }

  /** @param dueMs when this beat was to begin: a late timer does not shift the rhythm */
  private play(beat: number, dueMs: number): void {
    const beats = PATTERNS[this.pattern];
    const beatMs = beats[beat];
    for (const lamp of this.lamps) lamp.want(beatMs !== undefined && beat % 2 === 0);
    if (beatMs === undefined) return;
    const nextMs = Math.max(dueMs + beatMs, this.clock.nowMs());
    this.cancelBeat = this.clock.at(nextMs, () => this.play((beat + 1) % beats.length, nextMs));
  }
}
