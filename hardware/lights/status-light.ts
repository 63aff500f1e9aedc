// The light that shows a board's state. One interface; the parts behind it are files of their own.

export const LIGHT_PATTERNS = ['offline', 'idle', 'forward', 'backward', 'error', 'identify'] as const;
export type LightPattern = (typeof LIGHT_PATTERNS)[number];

export interface StatusLight {
  /** For people: `gpio 17`, `simulated`. */
  readonly name: string;
  /** Returns at once and never throws: what a light costs or does wrong must not reach a step. */
  show(pattern: LightPattern): void;
  /** Puts it out, and gives back what was taken. */
  close(): Promise<void>;
  /** The same at once, for a process that ends and can await nothing any more. */
  goDark(): void;
}
