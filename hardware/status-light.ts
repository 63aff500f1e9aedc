// The light that shows a board's state. One interface; the parts behind it are files of their own.

export type LightPattern = 'offline' | 'idle' | 'forward' | 'backward' | 'error' | 'identify';

export interface StatusLight {
  /** For people: `gpio 17`, `simulated`. */
  readonly name: string;
  show(pattern: LightPattern): void;
  close(): Promise<void>;
}
