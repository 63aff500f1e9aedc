// What every group of benchmarks is given, and what it gives back.

import type { EngineName } from '../compute/kernels.js';
import type { Progress } from './progress.js';
import type { Section } from './report/report.js';

export interface BenchContext {
  /** Of measuring in turns. */
  readonly rounds: number;
  /** Shows that all works, in seconds; the figures mean little. */
  readonly quick: boolean;
  /** The Python that has PyTorch. */
  readonly python: string;
  /** A folder whose node_modules holds peers that are no dependencies of ours. */
  readonly peersFolder: string;
  /** All engines, of which some may not work here. */
  readonly engines: readonly EngineName[];
  /** What rings and fleets compute with. */
  readonly engine: EngineName | 'auto';
  readonly progress: Progress;
}

export interface Group {
  readonly name: string;
  run(context: BenchContext): Promise<Section[]>;
}
