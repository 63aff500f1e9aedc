// Where PyTorch's peers are, and how they are started: with one thread, as everything here.

import { fileURLToPath } from 'node:url';

/** The compiled tree has no Python files: take the source's. */
export function pythonScript(name: string): string {
  return fileURLToPath(new URL(`../../../benchmarks/peers/${name}`, import.meta.url));
}

export const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

export const INSTALL_PYTORCH = 'sudo apt install python3-torch libopenblas0, and name that Python with --python';

export interface PyTorchAbout {
  readonly version: string;
  /** Of a product of 512 x 512 matrices: shows at once whether the BLAS is an optimised one. */
  readonly gflops: number;
  /** The library it is linked with. */
  readonly blas: string;
}

export function pyTorchText(about: PyTorchAbout): string {
  const { version, gflops, blas } = about;
  const text = `${version}, ${gflops.toFixed(0)} GFLOP/s with ${blas}`;
  if (isOptimised(about)) return text;
  return `${text}. This is not an optimised BLAS, so PyTorch is slower here than it could be: install libopenblas0`;
}

/** A ratio against a BLAS that is not optimised says little: whoever reads the figures must see that. */
export function isOptimised({ blas }: Pick<PyTorchAbout, 'blas'>): boolean {
  return /openblas|mkl|blis/.test(blas);
}
