// Figures as people read them. Without a value there is a dash.

const NONE = '–';

export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NONE;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Decimal units, as networks count. */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return NONE;
  if (count < 1e3) return `${Math.round(count)} B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`;
  if (count < 1e9) return `${(count / 1e6).toFixed(1)} MB`;
  return `${(count / 1e9).toFixed(2)} GB`;
}

export function mebibytes(count: number | null | undefined): string {
  return count === null || count === undefined ? NONE : `${Math.round(count / 2 ** 20)} MiB`;
}

export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined ? NONE : `${(share * 100).toFixed(digits)} %`;
}

/** Four significant digits. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (value === 0) return '0';
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4 ? value.toPrecision(4) : value.toExponential(3);
}

export function rate(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

export function seconds(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : `${value.toFixed(1)} s`;
}

export function milliseconds(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : `${value.toFixed(2)} ms`;
}

/** A metric of an evaluation: shares as per cent, all else as a figure. */
export function metricValue({ metric, value }: { readonly metric: string; readonly value: number }): string {
  return metric === 'accuracy' ? percent(value, 1) : figure(value);
}

/** Cuts at the end, with a sign that something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** `dense_0 … activation_3`: the first and the last of several. */
export function span(names: readonly string[]): string {
  if (names.length === 0) return NONE;
  return names.length <= 2 ? names.join(', ') : `${names[0]} … ${names.at(-1)}`;
}
