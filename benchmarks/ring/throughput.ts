// Samples a second of a run, from the times at which its steps were complete: neither the start nor the
// evaluation at the end counts.

export interface CompletedStep {
  readonly step: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** @returns null when too few steps were seen */
export function samplesPerSecond(steps: readonly CompletedStep[], warmUpSteps: number, batch: number): number | null {
  const counted = steps.filter(({ step }) => step >= warmUpSteps).sort((a, b) => a.step - b.step);
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined || last.time <= first.time) return null;
  return (1000 * batch * (last.step - first.step)) / (last.time - first.time);
}

/** A run's `metrics.csv`. */
export function stepsOf(metricsCsv: string): CompletedStep[] {
  const [head = '', ...lines] = metricsCsv.trim().split('\n');
  const columns = head.split(',');
  const [step, time] = [columns.indexOf('step'), columns.indexOf('time')];
  return lines.map((line) => {
    const cells = line.split(',');
    return { step: Number(cells[step]), time: Number(cells[time]) };
  });
}
