// The two 16-bit floats by their definition, in double arithmetic and without any trick with bits.

export interface HalfFormat {
  readonly exponentBits: number;
  /** Behind the binary point. */
  readonly fractionBits: number;
}

export const F16: HalfFormat = { exponentBits: 5, fractionBits: 10 };
export const BF16: HalfFormat = { exponentBits: 8, fractionBits: 7 };

/** What these 16 bits mean. */
export function meaningOf(bits: number, { exponentBits, fractionBits }: HalfFormat): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(bits / 2 ** fractionBits) % 2 ** exponentBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** The nearest value of the format, the even one of two; Infinity from half a digit beyond the largest. */
export function nearest(value: number, { exponentBits, fractionBits }: HalfFormat): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.max(exponentOf(Math.abs(value)), 1 - bias);
  const digit = 2 ** (exponent - fractionBits);
  const rounded = toEven(value / digit) * digit;
  const largest = (2 - 2 ** -fractionBits) * 2 ** bias;
  return Math.abs(rounded) > largest ? Math.sign(value) * Infinity : rounded;
}

/** Of the largest power of two that is not above `magnitude`. */
function exponentOf(magnitude: number): number {
  const guess = Math.floor(Math.log2(magnitude));
  return 2 ** guess > magnitude ? guess - 1 : 2 ** (guess + 1) <= magnitude ? guess + 1 : guess;
}

function toEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
