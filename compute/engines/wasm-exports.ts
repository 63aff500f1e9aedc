// The signatures of the WebAssembly module in ./assembly. Tensors are addresses in bytes.

type Address = number;

export interface WasmExports {
  dense(y: Address, x: Address, w: Address, b: Address, hasBias: number, m: number, k: number, n: number): void;
  repeatRow(y: Address, row: Address, m: number, n: number): void;
  denseGradientWeights(
    dW: Address,
    x: Address,
    dY: Address,
    m: number,
    k: number,
    n: number,
    scale: number,
    keep: number,
  ): void;
  denseGradientBias(db: Address, dY: Address, m: number, n: number, scale: number, keep: number): void;
  denseGradientInput(dX: Address, dY: Address, w: Address, m: number, k: number, n: number): void;

  relu(y: Address, x: Address, size: number): void;
  leakyRelu(y: Address, x: Address, size: number, alpha: number): void;
  tanh(y: Address, x: Address, size: number): void;
  sigmoid(y: Address, x: Address, size: number): void;
  reluGradient(dX: Address, dY: Address, y: Address, size: number): void;
  leakyReluGradient(dX: Address, dY: Address, y: Address, size: number, alpha: number): void;
  tanhGradient(dX: Address, dY: Address, y: Address, size: number): void;
  sigmoidGradient(dX: Address, dY: Address, y: Address, size: number): void;
  softmax(y: Address, x: Address, rows: number, classes: number): void;
  softmaxGradient(dX: Address, dY: Address, y: Address, rows: number, classes: number): void;

  dropout(
    y: Address,
    x: Address,
    rows: number,
    n: number,
    threshold: number,
    scale: number,
    seed: number,
    layer: number,
    step: number,
    sample: number,
  ): void;

  softmaxCrossEntropy(
    losses: Address,
    dX: Address,
    logits: Address,
    labels: Address,
    rows: number,
    classes: number,
  ): void;
  binaryCrossEntropy(losses: Address, dX: Address, logits: Address, targets: Address, rows: number, n: number): void;
  meanSquaredError(losses: Address, dX: Address, outputs: Address, targets: Address, rows: number, n: number): void;

  fill(x: Address, size: number, value: number): void;
  sumOfSquares(x: Address, size: number): number;
  sgd(w: Address, g: Address, size: number, rate: number, decay: number): void;
  sgdMomentum(
    w: Address,
    g: Address,
    v: Address,
    size: number,
    rate: number,
    momentum: number,
    nesterov: number,
    decay: number,
  ): void;
  adam(
    w: Address,
    g: Address,
    m: Address,
    v: Address,
    size: number,
    gradientScale: number,
    oneMinusBeta1: number,
    oneMinusBeta2: number,
    rate: number,
    epsilon: number,
    decay: number,
  ): void;

  /** How much of the memory's bottom the kernels use themselves. */
  scratchBytes(): number;
}
