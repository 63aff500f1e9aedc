// What processes take, looked at again and again while a run goes on.

import { cpuSeconds, residentMb } from '../process-figures.js';

export type Role = 'agent' | 'broker';

export interface Sample {
  readonly step: number;
  readonly rssMb: Readonly<Record<Role, number | null>>;
  /** Since the process began. */
  readonly cpuSeconds: Readonly<Record<Role, number | null>>;
}

/** Samples of a run: enough for medians of its thirds. */
const SAMPLES = 60;

export interface Sampler {
  readonly samples: readonly Sample[];
  /** @returns whether this step was one to look at */
  take(step: number): boolean;
}

export function sampleSteps(pids: Readonly<Record<Role, number | null>>, steps: number): Sampler {
  const samples: Sample[] = [];
  const every = Math.max(1, Math.floor(steps / SAMPLES));
  const of = (figure: (pid: number) => number | null): Record<Role, number | null> => ({
    agent: pids.agent === null ? null : figure(pids.agent),
    broker: pids.broker === null ? null : figure(pids.broker),
  });
  return {
    samples,
    take: (step) => {
      if (step % every !== 0) return false;
      samples.push({ step, rssMb: of(residentMb), cpuSeconds: of(cpuSeconds) });
      return true;
    },
  };
}
