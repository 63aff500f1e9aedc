// A value as an error message shows it. What is shown came over the wire or from a file, so it may be
// longer than a line, or nested so deeply that writing it out would itself fail.

const LONGEST = 80;

/** JSON, cut to a line; numbers that JSON has no word for, like NaN, by their name. */
export function shown(value: unknown): string {
  const text = written(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

function written(value: unknown): string {
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? 'a list that cannot be shown' : `${typeof value} that cannot be shown`;
  }
}
