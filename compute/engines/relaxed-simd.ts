// Whether this V8 knows relaxed SIMD (WebAssembly 3.0). From Node 22 on it does by default, in Node 20
// behind a flag, which V8 reads whenever it compiles a module: it need not be given when Node starts.

import { setFlagsFromString } from 'node:v8';

const V128_CONST_0 = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const RELAXED_MADD = [0xfd, 0x85, 0x02];
const BODY = [0, ...V128_CONST_0, ...V128_CONST_0, ...V128_CONST_0, ...RELAXED_MADD, 0x0b];

/** The smallest module that V8 accepts only with relaxed SIMD: one function `() -> v128` of one instruction. */
const PROBE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic and version
  ...[1, 5, 1, 0x60, 0, 1, 0x7b], // types: [] -> [v128]
  ...[3, 2, 1, 0], // functions: one of type 0
  ...[10, BODY.length + 2, 1, BODY.length, ...BODY], // code
]);

/**
 * Lets V8 compile relaxed SIMD from now on, if it can. The flag holds for the whole process, all its
 * threads included, and stays: taking it back would break into the compilation of another thread.
 */
export function enableRelaxedSimd(): boolean {
  if (WebAssembly.validate(PROBE)) return true;
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(PROBE);
}
