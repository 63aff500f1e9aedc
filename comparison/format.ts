// Figures as a report shows them: three digits and a unit. Without a value there is a dash.

const NONE = '–';
const DIGITS = 3;
const PREFIXES = ['', 'k', 'M', 'G', 'T'];

/** `1.23 MB`, `456 J`, `0.0120 s`; prefixes by the thousand. */
export function scaled(value: number | null, unit: string): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const rounded = Number(value.toPrecision(DIGITS));
  const power = Math.abs(rounded) < 1000 ? 0 : Math.floor(Math.log10(Math.abs(rounded)) / 3);
  const place = Math.min(power, PREFIXES.length - 1);
  return `${digits(rounded / 1000 ** place)} ${PREFIXES[place]}${unit}`;
}

export function percent(share: number | null): string {
  return share === null ? NONE : `${(share * 100).toFixed(1)} %`;
}

/** Minutes and hours from where seconds no longer speak. */
export function duration(seconds: number | null): string {
  if (seconds === null || seconds < 120) return scaled(seconds, 's');
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${digits(seconds / 60)} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function metricText(metric: string, value: number | null): string {
  return metric === 'accuracy' ? percent(value) : plainFigure(value);
}

export function plainFigure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  if (value === 0) return '0';
  if (Math.abs(value) < 0.001 || Math.abs(value) >= 1e6) return value.toExponential(DIGITS - 1);
  return Number(value.toPrecision(DIGITS)).toLocaleString('en-US', { maximumSignificantDigits: DIGITS });
}

function digits(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(DIGITS - 1) : value.toPrecision(DIGITS);
}

/** `a, b and c` */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function boardsText(boards: number): string {
  return boards === 1 ? '1 board' : `${boards} boards`;
}
