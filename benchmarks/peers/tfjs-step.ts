// The layers of TensorFlow.js on its WebAssembly backend, one thread, as a contender. It is no dependency
// of ours: it is looked for in the folder that is named. Usage: node tfjs-step.js <folder>

import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { serveSteps } from './serve-steps.js';

/** As much of it as is used here. */
interface Tensor {
  dispose(): void;
}
interface Model {
  add(layer: unknown): void;
  compile(options: object): void;
  trainOnBatch(x: Tensor, y: Tensor): Promise<number>;
}
interface TensorFlow {
  readonly version: { readonly tfjs: string };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  sequential(): Model;
  readonly layers: { dense(options: object): unknown };
  readonly train: { sgd(learningRate: number): unknown };
  randomUniform(shape: readonly number[], from: number, to: number): Tensor;
  tensor1d(values: readonly number[], type: string): Tensor;
  oneHot(labels: Tensor, classes: number): Tensor;
}
interface WasmBackend {
  setWasmPaths(folder: string): void;
  setThreadsCount(threads: number): void;
}

const LEARNING_RATE = 0.01;
const require = createRequire(join(resolve(process.argv[2] ?? '.'), 'peer.js'));

async function load(): Promise<TensorFlow> {
  const write = console.log;
  console.log = console.warn; // its advice must not stand among the answers
  const tf = require('@tensorflow/tfjs') as TensorFlow;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as WasmBackend;
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  wasm.setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
  console.log = write;
  return tf;
}

function model(tf: TensorFlow, sizes: readonly number[]): Model {
  const built = tf.sequential();
  sizes.slice(1).forEach((units, index) => {
    const activation = index === sizes.length - 2 ? 'softmax' : 'relu';
    built.add(tf.layers.dense({ units, activation, ...(index === 0 && { inputShape: [sizes[0]] }) }));
  });
  built.compile({ optimizer: tf.train.sgd(LEARNING_RATE), loss: 'categoricalCrossentropy' });
  return built;
}

const tf = await load();
await serveSteps({ version: tf.version.tfjs }, async (sizes, batch) => {
  const network = model(tf, sizes);
  const classes = sizes[sizes.length - 1] as number;
  const x = tf.randomUniform([batch, sizes[0] as number], -1, 1);
  const labels = Array.from({ length: batch }, (_, sample) => sample % classes);
  const y = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
  return () => network.trainOnBatch(x, y);
});
