// A report with one row that meets its goal, one that does not, one without, and a missing peer.

import type { GroupReport } from '../../../benchmarks/report/report.js';

const SIZES = '784-128-64-10';

export const REPORT: GroupReport = {
  group: 'kernels',
  command: 'ringtmp bench kernels',
  date: '2026-11-21',
  machine: { processor: 'Abacus', cores: 2, memoryGib: 8, system: 'Debian', kernel: '6.1', node: 'v20.20.2' },
  sections: [
    {
      title: 'A training step',
      about: ['Batch 32,', 'medians.'],
      columns: [
        { key: 'samplesPerSecond', title: 'samples/s' },
        { key: 'gflops', title: 'GFLOP/s', digits: 1 },
        { key: 'unknown', title: 'nowhere measured' },
      ],
      rows: [
        { id: 'kernels/PyTorch', name: 'PyTorch', values: { samplesPerSecond: 20_000, gflops: 12.34 }, ratio: null },
        {
          id: `kernels/${SIZES}/wasm`,
          name: 'wasm',
          values: { samplesPerSecond: 16_000, gflops: 10 },
          ratio: { value: 0.8, min: 0.75, max: 0.9, to: 'PyTorch' },
        },
        {
          id: `kernels/${SIZES}/blas`,
          name: 'blas',
          values: { samplesPerSecond: 24_000 },
          ratio: { value: 1.2, min: 1.1, max: 1.3, to: 'PyTorch' },
          note: 'a | b',
        },
      ],
      peers: [
        { name: 'PyTorch', about: '1.13', remedy: 'apt' },
        { name: 'tfjs-wasm', about: null, remedy: 'npm install it' },
      ],
    },
  ],
};
