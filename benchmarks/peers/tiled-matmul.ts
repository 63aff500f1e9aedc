// A matrix product in plain JavaScript, as fast as it gets without leaving the language: tiles of 4 x 4
// sums that live in registers, so that each number loaded is used four times.

const TILE = 4;

/** Row-major by strides: element (i, j) is at `i * row + j * column`; a transpose swaps the two. */
export interface Matrix {
  readonly data: Float32Array;
  readonly row: number;
  readonly column: number;
}

export function rowMajor(data: Float32Array, columns: number): Matrix {
  return { data, row: columns, column: 1 };
}

export function transposed({ data, row, column }: Matrix): Matrix {
  return { data, row: column, column: row };
}

/** `C[m, n] += A[m, k] B[k, n]`; C is row-major. */
export function multiplyAdd(C: Float32Array, A: Matrix, B: Matrix, m: number, k: number, n: number): void {
  const [wholeRows, wholeColumns] = [m - (m % TILE), n - (n % TILE)];
  for (let j = 0; j < wholeColumns; j += TILE) {
    const panel = packed(B, j, k);
    for (let i = 0; i < wholeRows; i += TILE) addTile(C, n, i, j, A, panel, k);
  }
  addEdge(C, n, A, B, k, [0, wholeRows], [wholeColumns, n]);
  addEdge(C, n, A, B, k, [wholeRows, m], [0, n]);
}

/** Four columns of B side by side, so that the tile reads them in one stream. */
function packed({ data, row, column }: Matrix, j: number, k: number): Float32Array {
  const panel = new Float32Array(TILE * k);
  for (let p = 0; p < k; p++) {
    for (let c = 0; c < TILE; c++) panel[TILE * p + c] = data[p * row + (j + c) * column] as number;
  }
  return panel;
}

function addTile(C: Float32Array, n: number, i: number, j: number, A: Matrix, panel: Float32Array, k: number): void {
  const { data: a, row, column } = A;
  const [r0, r1, r2, r3] = [i * row, (i + 1) * row, (i + 2) * row, (i + 3) * row];
  let [c00, c01, c02, c03, c10, c11, c12, c13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [c20, c21, c22, c23, c30, c31, c32, c33] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let p = 0; p < k; p++) {
    const q = p * column;
    const a0 = a[r0 + q] as number;
    const a1 = a[r1 + q] as number;
    const a2 = a[r2 + q] as number;
    const a3 = a[r3 + q] as number;
    const b0 = panel[4 * p] as number;
    const b1 = panel[4 * p + 1] as number;
    const b2 = panel[4 * p + 2] as number;
    const b3 = panel[4 * p + 3] as number;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  addRow(C, i * n + j, c00, c01, c02, c03);
  addRow(C, (i + 1) * n + j, c10, c11, c12, c13);
  addRow(C, (i + 2) * n + j, c20, c21, c22, c23);
  addRow(C, (i + 3) * n + j, c30, c31, c32, c33);
}

function addRow(C: Float32Array, at: number, c0: number, c1: number, c2: number, c3: number): void {
  C[at] = (C[at] as number) + c0;
  C[at + 1] = (C[at + 1] as number) + c1;
  C[at + 2] = (C[at + 2] as number) + c2;
  C[at + 3] = (C[at + 3] as number) + c3;
}

type Span = readonly [from: number, to: number];

/** What is left beside the whole tiles. */
function addEdge(C: Float32Array, n: number, A: Matrix, B: Matrix, k: number, rows: Span, columns: Span): void {
  for (let i = rows[0]; i < rows[1]; i++) {
    for (let j = columns[0]; j < columns[1]; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) {
        sum += (A.data[i * A.row + p * A.column] as number) * (B.data[p * B.row + j * B.column] as number);
      }
      C[i * n + j] = (C[i * n + j] as number) + sum;
    }
  }
}
