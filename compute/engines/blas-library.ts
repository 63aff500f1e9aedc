// The BLAS of this machine: a shared library with the C interface (cblas), loaded at run time, and only here.
// Neither koffi, which loads it, nor a library need be there.

import { ConfigurationError } from '../../errors.js';

export interface BlasSettings {
  /** Path or name of a shared library; by default one of the usual ones. */
  readonly library?: string | undefined;
  /** Of a product; 1 unless told. */
  readonly threads?: number | undefined;
}

/** An address in bytes. */
type Address = number;

/**
 * cblas_sgemm: `C[m, n] = beta C + alpha op(A)[m, k] op(B)[k, n]`, each with the length of its rows in memory.
 * With `beta` 0, C is not read.
 */
export type Sgemm = (
  order: number,
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Address,
  rowOfA: number,
  b: Address,
  rowOfB: number,
  beta: number,
  c: Address,
  rowOfC: number,
) => void;

export const ROW_MAJOR = 101;
export const AS_IS = 111;
export const TRANSPOSED = 112;

export interface Blas {
  readonly sgemm: Sgemm;
  /** Where a view's first byte lies, for as long as its buffer lives. */
  addressOf(floats: Float32Array): Address;
  /** For people: which library, and how many threads. */
  readonly description: string;
}

/** What is looked for when no library is named, best first: OpenBLAS, BLIS, and whatever else has the interface. */
export const USUAL_LIBRARIES = ['libopenblas.so.0', 'libblis.so.4', 'libcblas.so.3'] as const;

type Koffi = typeof import('koffi');
type Library = ReturnType<Koffi['load']>;

const INSTALL = 'sudo apt install libopenblas0';
/** Addresses as numbers: no pointer object is made in a step, and they are below 2^53. */
const SGEMM =
  'void cblas_sgemm(int, int, int, int, int, int, float, uintptr_t, int, uintptr_t, int, float, uintptr_t, int)';

/** @throws ConfigurationError when there is none, or the one named is none that works */
export async function loadBlas({ library, threads = 1 }: BlasSettings): Promise<Blas> {
  const koffi = await importKoffi();
  const { name, handle } = library === undefined ? openUsual(koffi) : open(koffi, library);
  const sgemm = declare<Sgemm>(handle, SGEMM);
  if (sgemm === null) throw unusable(name, 'it has no cblas_sgemm');
  const version = describe(name, handle);
  setThreads(name, handle, threads);
  const addressOf = (floats: Float32Array) => Number(koffi.address(floats));
  if (!multiplies(sgemm, addressOf)) throw unusable(name, 'its cblas_sgemm gives wrong results');
  return { sgemm, addressOf, description: `${version}, ${threads} ${threads === 1 ? 'thread' : 'threads'}` };
}

async function importKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default as unknown as Koffi;
  } catch (cause) {
    const remedy = 'npm install koffi';
    throw new ConfigurationError('the package koffi, which loads libraries, is not installed here', { remedy, cause });
  }
}

function openUsual(koffi: Koffi): { name: string; handle: Library } {
  for (const name of USUAL_LIBRARIES) {
    try {
      return { name, handle: koffi.load(name) };
    } catch {
      // the next one
    }
  }
  throw new ConfigurationError(`${USUAL_LIBRARIES[0]} was not found`, { remedy: INSTALL });
}

function open(koffi: Koffi, name: string): { name: string; handle: Library } {
  try {
    return { name, handle: koffi.load(name) };
  } catch (cause) {
    throw unusable(name, `it cannot be loaded (${(cause as Error).message})`, cause);
  }
}

/** Null where the library does not have it. */
function declare<Signature>(library: Library, prototype: string): Signature | null {
  try {
    return library.func(prototype) as unknown as Signature;
  } catch {
    return null;
  }
}

function unusable(name: string, why: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`${name} is no BLAS that can be used: ${why}`, {
    remedy: `Name a shared library with cblas_sgemm and 32-bit integers, such as ${USUAL_LIBRARIES[0]} (${INSTALL}).`,
    cause,
  });
}

/** @throws ConfigurationError when the library counts in 64 bits, which a small product need not show */
function describe(name: string, library: Library): string {
  const config = declare<() => string>(library, 'const char *openblas_get_config()')?.();
  if (config?.includes('USE64BITINT')) throw unusable(name, 'its integers have 64 bits');
  const openblas = config && /OpenBLAS \d\S*/.exec(config)?.[0];
  const blis = declare<() => string>(library, 'const char *bli_info_get_version_str()')?.();
  const version = openblas || (blis && `BLIS ${blis}`);
  return version ? `${version} (${name})` : name;
}

/** @throws ConfigurationError when the library has no way of setting other than its own number */
function setThreads(name: string, library: Library, threads: number): void {
  const set =
    declare<(threads: number) => void>(library, 'void openblas_set_num_threads(int)') ??
    declare<(threads: number) => void>(library, 'void bli_thread_set_num_threads(int64_t)');
  if (set !== null) set(threads);
  else if (threads !== 1) {
    const remedy = 'Leave --blas-threads out and set OMP_NUM_THREADS, or use OpenBLAS.';
    throw new ConfigurationError(`${name} does not let its threads be set to ${threads}`, { remedy });
  }
}

/** A product of odd extents, of which one is transposed and one kept: small integers, so it is exact. */
function multiplies(sgemm: Sgemm, addressOf: Blas['addressOf']): boolean {
  const [m, n, k] = [3, 5, 7];
  const a = Float32Array.from({ length: k * m }, (_, i) => (i % 4) - 1);
  const b = Float32Array.from({ length: k * n }, (_, i) => (i % 5) - 2);
  const c = new Float32Array(m * n + 1).fill(1);
  sgemm(ROW_MAJOR, TRANSPOSED, AS_IS, m, n, k, 2, addressOf(a), m, addressOf(b), n, 1, addressOf(c), n);
  const expected = Array.from({ length: m * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += (a[p * m + i] as number) * (b[p * n + j] as number);
    return 1 + 2 * sum;
  });
  return [...expected, 1].every((value, index) => c[index] === value);
}
