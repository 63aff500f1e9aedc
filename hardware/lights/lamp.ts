// One lamp, lit or dark: what a pattern is played on. Two kinds: a pin of the board (gpio-lamp.ts), and whatever the
// kernel drives as an LED (led-lamp.ts).

export interface Lamp {
  /** For people: `gpio 17`, `led ringtmp`. */
  readonly name: string;
  /** @throws HardwareError when the kernel refuses */
  set(lit: boolean): Promise<void>;
  /** Puts it out and gives back what was taken. */
  close(): Promise<void>;
  /** The same at once, for a process that ends; it never throws. */
  putOut(): void;
}
