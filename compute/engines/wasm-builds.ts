// The builds of the WebAssembly module and which of them suit a processor. The tile's size changes the
// speed alone, so it goes with the processor; a fused addition changes the last bits, so it goes with the name.

export type WasmEngineName = 'wasm' | 'wasm-relaxed';

export interface WasmBuild {
  /** Beside this file. */
  readonly file: string;
  /** Whether the tile multiplies and adds in one instruction, with one rounding: relaxed SIMD. */
  readonly fused: boolean;
}

const TILE_4X8: WasmBuild = { file: 'kernels-4x8.wasm', fused: false };
const TILE_8X8: WasmBuild = { file: 'kernels-8x8.wasm', fused: false };
const FUSED_4X8: WasmBuild = { file: 'kernels-relaxed-4x8.wasm', fused: true };
const FUSED_8X8: WasmBuild = { file: 'kernels-relaxed-8x8.wasm', fused: true };

/**
 * The builds to try, the fastest first; none if the engine is not for this processor.
 * @param arch as in `process.arch`
 */
export function wasmBuilds(name: WasmEngineName, arch: string): readonly WasmBuild[] {
  const fused = name === 'wasm-relaxed';
  // V8 computes relaxed SIMD wrongly on 32-bit ARM, and its 16 registers hold no larger tile.
  if (arch === 'arm') return fused ? [] : [TILE_4X8];
  // 32 vector registers. Should the larger tile fail its test there, the smaller one gives the same bits.
  if (arch === 'arm64') return fused ? [FUSED_8X8, FUSED_4X8] : [TILE_8X8, TILE_4X8];
  return fused ? [FUSED_4X8] : [TILE_4X8];
}
