// The kernels once more, on arrays of doubles and as directly as they can be written: what both engines
// are compared with.

export type Matrix = readonly (readonly number[])[];

export function product(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, value, p) => sum + value * at(b, p, j), 0)));
}

export function transpose(a: Matrix): number[][] {
  return (a[0] ?? []).map((_, j) => a.map((row) => row[j] as number));
}

export function add(a: Matrix, b: Matrix): number[][] {
  return a.map((row, i) => row.map((value, j) => value + at(b, i, j)));
}

export function sumRows(a: Matrix): number[] {
  return transpose(a).map((column) => column.reduce((sum, value) => sum + value, 0));
}

export function at(a: Matrix, i: number, j: number): number {
  return (a[i] as readonly number[])[j] as number;
}

export const activations = {
  relu: (x: number) => (x > 0 ? x : 0 * x),
  leakyRelu: (x: number, alpha: number) => (x > 0 ? x : alpha * x),
  tanh: (x: number) => Math.tanh(x),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
};

export const slopes = {
  relu: (y: number) => (y > 0 ? 1 : 0),
  leakyRelu: (y: number, alpha: number) => (y > 0 ? 1 : alpha),
  tanh: (y: number) => 1 - y * y,
  sigmoid: (y: number) => y * (1 - y),
};

export function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const powers = row.map((x) => Math.exp(x - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export function softmaxGradient(dY: readonly number[], y: readonly number[]): number[] {
  const mean = dY.reduce((sum, gradient, j) => sum + gradient * (y[j] as number), 0);
  return y.map((output, j) => output * ((dY[j] as number) - mean));
}

export interface Loss {
  readonly loss: number;
  readonly dX: number[];
}

export function softmaxCrossEntropy(row: readonly number[], label: number): Loss {
  const most = Math.max(...row);
  const logOfSum = most + Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0));
  return { loss: logOfSum - (row[label] as number), dX: softmax(row).map((p, j) => p - (j === label ? 1 : 0)) };
}

export function binaryCrossEntropy(row: readonly number[], targets: readonly number[]): Loss {
  const n = row.length;
  const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  const loss = row.reduce((sum, z, j) => {
    const t = targets[j] as number;
    return sum + t * softplus(-z) + (1 - t) * softplus(z);
  }, 0);
  return { loss: loss / n, dX: row.map((z, j) => (activations.sigmoid(z) - (targets[j] as number)) / n) };
}

export function meanSquaredError(row: readonly number[], targets: readonly number[]): Loss {
  const n = row.length;
  const differences = row.map((y, j) => y - (targets[j] as number));
  return {
    loss: differences.reduce((sum, difference) => sum + difference ** 2, 0) / n,
    dX: differences.map((difference) => (2 * difference) / n),
  };
}
