// The WebAssembly module: every operation of the Kernels interface on one imported memory.
// Addresses and row lengths are in bytes, extents in elements; see compute/engines/wasm.ts.

export { dense, denseGradientBias, denseGradientInput, denseGradientWeights, repeatRow } from './dense';
export { leakyRelu, leakyReluGradient, relu, reluGradient } from './rectifiers';
export { sigmoid, sigmoidGradient, tanh, tanhGradient } from './sigmoids';
export { softmax, softmaxCrossEntropy, softmaxGradient } from './softmax';
export { binaryCrossEntropy, meanSquaredError } from './losses';
export { dropout } from './dropout';
export { adam, sgd, sgdMomentum } from './optimizers';
export { fill, sumOfSquares } from './reductions';
export { scratchBytes } from './scratch';
