// Whether the memory that a stage may take is there.

import { mebibytes } from '../../view/format.js';
import { type Check, ok, warning } from '../finding.js';

export interface MemoryFigures {
  readonly totalBytes: number;
  /** What a new program can have, as the kernel estimates it. */
  readonly availableBytes: number;
  readonly stageBytes: number;
}

export function memoryCheck(look: () => MemoryFigures): Check {
  return {
    name: 'memory',
    limitMs: 1_000,
    run: async () => {
      const figures = look();
      const { totalBytes, availableBytes, stageBytes } = figures;
      const there = `${mebibytes(availableBytes)} of ${mebibytes(totalBytes)} are free`;
      const may = `a stage may take ${mebibytes(stageBytes)}`;
      if (stageBytes <= availableBytes) return [ok('memory', `${there}; ${may}`, { ...figures })];
      const remedy = `Stop other programs, or let stages take less: --memory ${Math.floor(availableBytes / 2 ** 20 / 2)}.`;
      return [warning('memory', `${there}, but ${may}`, remedy, { ...figures })];
    },
  };
}
