// The engine whose matrix products come from the machine's BLAS, in place on the memory of the wasm engine, which
// does everything else: tensors are never copied, and a product costs a call of 0.2 us.

import type { EngineFactory, Kernels } from '../kernels.js';
import type { Tensor } from '../tensor.js';
import { AS_IS, type Blas, type BlasSettings, loadBlas, ROW_MAJOR, TRANSPOSED } from './blas-library.js';
import { checkDense, columnsOf, rowsOf } from './shapes.js';
import { openWasm } from './wasm.js';
import type { WasmExports } from './wasm-exports.js';
import { wasmKernels } from './wasm-kernels.js';

/** The factory throws ConfigurationError where there is no BLAS, CapacityError where there is too little memory. */
export function blasEngine(settings: BlasSettings): EngineFactory {
  return async (floats) => {
    const blas = await loadBlas(settings);
    const { exports, arena } = await openWasm(floats);
    // The memory never grows and V8 never moves it, so its address holds for as long as the arena keeps it.
    const base = blas.addressOf(arena.memory);
    const kernels = { ...wasmKernels(exports), ...products(blas, exports, base) };
    return { name: 'blas', about: blas.description, kernels, arena };
  };
}

type Products = Pick<Kernels, 'dense' | 'denseGradientWeights' | 'denseGradientInput'>;

function products({ sgemm }: Blas, wasm: WasmExports, base: number): Products {
  const at = (tensor: Tensor) => base + 4 * tensor.offset;
  return {
    dense(y, x, w, b) {
      checkDense('dense', y, x, w, b);
      const [m, k, n] = [rowsOf(x), columnsOf(x), columnsOf(y)];
      if (b !== null) wasm.repeatRow(4 * y.offset, 4 * b.offset, m, n);
      sgemm(ROW_MAJOR, AS_IS, AS_IS, m, n, k, 1, at(x), k, at(w), n, b === null ? 0 : 1, at(y), n);
    },
    denseGradientWeights(dW, x, dY, scale, keep) {
      checkDense('denseGradientWeights', dY, x, dW, null);
      const [m, k, n] = [rowsOf(x), columnsOf(x), columnsOf(dY)];
      sgemm(ROW_MAJOR, TRANSPOSED, AS_IS, k, n, m, scale, at(x), k, at(dY), n, keep ? 1 : 0, at(dW), n);
    },
    denseGradientInput(dX, dY, w) {
      checkDense('denseGradientInput', dY, dX, w, null);
      const [m, k, n] = [rowsOf(dX), columnsOf(dX), columnsOf(dY)];
      sgemm(ROW_MAJOR, AS_IS, TRANSPOSED, m, k, n, 1, at(dY), n, at(w), n, 0, at(dX), k);
    },
  };
}
