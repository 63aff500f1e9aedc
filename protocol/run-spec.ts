// A run, as its user writes it: data, model, optimizer, schedule. The same schema validates run files
// and `train` commands, and is published as a JSON schema for editors.

import { z } from 'zod';
import type { EngineName } from '../compute/kernels.js';
import type { LayerSpec, LossName, OptimizerSpec } from '../compute/specs.js';
import { LINK_KINDS } from './links.js';
import { NAME_PATTERN } from './topics.js';
import { WIRE_DTYPES, type Wire } from './wire-dtypes.js';

const count = z.int('a whole number of at least 1').min(1, 'a whole number of at least 1');
const positive = z.number('a number above 0').gt(0, 'a number above 0');
const share = z
  .number('a number from 0 up to, not including, 1')
  .min(0, 'a number from 0 up to, not including, 1')
  .lt(1, 'a number from 0 up to, not including, 1');
const text = z.string().min(1);
const activation = z.enum(['relu', 'leakyRelu', 'tanh', 'sigmoid', 'softmax']);
const initializer = z.enum(['glorotUniform', 'heNormal', 'zeros']);

const layer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('dense'),
    units: count,
    useBias: z.boolean().optional(),
    kernelInitializer: initializer.optional(),
    biasInitializer: initializer.optional(),
    activation: activation.optional(),
  }),
  z.strictObject({ type: z.literal('activation'), activation, alpha: z.number().min(0).optional() }),
  z.strictObject({ type: z.literal('dropout'), rate: share }),
  z.strictObject({ type: z.literal('flatten') }),
]) satisfies z.ZodType<LayerSpec>;

const learningRateSchedule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('constant') }),
  z.strictObject({ type: z.literal('step'), every: count, factor: positive }),
  z.strictObject({ type: z.literal('cosine'), steps: count, alpha: z.number().min(0).max(1).optional() }),
]);

const anyOptimizer = {
  learningRate: positive.optional(),
  schedule: learningRateSchedule.optional(),
  weightDecay: z.number().min(0).optional(),
  clipnorm: positive.optional(),
};

const optimizer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('sgd'),
    ...anyOptimizer,
    momentum: share.optional(),
    nesterov: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('adam'),
    ...anyOptimizer,
    beta1: share.optional(),
    beta2: share.optional(),
    epsilon: positive.optional(),
  }),
]) satisfies z.ZodType<OptimizerSpec>;

/** How many digits of `mnist`, and which share of a table's rows. */
export const DEFAULT_HOLD_OUT = { mnist: 2000, csv: 0.2 } as const;

const idxFiles = z.strictObject({ images: text, labels: text });

const data = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('mnist'), holdOut: count.default(DEFAULT_HOLD_OUT.mnist) }),
  z.strictObject({ source: z.literal('idx'), train: idxFiles, test: idxFiles }),
  z.strictObject({
    source: z.literal('csv'),
    path: text,
    target: z.union([text, z.int().min(0)]),
    header: z.boolean().default(true),
    holdOut: z.number().gt(0).lt(1).default(DEFAULT_HOLD_OUT.csv),
    task: z.enum(['classification', 'regression']).optional(),
    columns: z.array(text).min(1).optional(),
    normalize: z.enum(['standard', 'none']).default('standard'),
  }),
]);

const loss = z.enum(['softmaxCrossEntropy', 'binaryCrossEntropy', 'meanSquaredError']) satisfies z.ZodType<LossName>;

const training = z
  .strictObject({
    epochs: count.optional().meta({ description: '1 unless told; with `steps` as many as they take' }),
    steps: count.optional().meta({ description: 'stops after so many, if the epochs have not ended before' }),
    batch: count.default(32),
    microBatches: count.default(4),
    schedule: z.enum(['sync', 'async']).default('sync').meta({
      description: 'sync: the same result as one board; async: PipeDream-2BW, no flush, a gradient one step late',
    }),
    shuffle: z.boolean().default(true),
  })
  .check((context) => {
    const { batch, microBatches } = context.value;
    if (batch % microBatches === 0) return;
    const message = `${microBatches} does not divide the batch (${batch}) into equal micro-batches`;
    context.issues.push({ code: 'custom', message, path: ['microBatches'], input: microBatches });
  });

const wireDtype = z.enum(WIRE_DTYPES).default('f32');

/** As what tensors cross the wire. */
export const wireSchema = z.strictObject({
  activations: wireDtype.meta({ description: 'clockwise, also in evaluations; f16 and bf16 halve the bytes' }),
  gradients: wireDtype.meta({ description: 'anticlockwise; int8 has a scale for each 64 elements' }),
  parameters: wireDtype.meta({ description: 'star only: from the server to the workers' }),
}) satisfies z.ZodType<Wire>;

/** Who talks to whom: neighbours in a ring, or everybody with the master as a parameter server. */
export const MODES = ['ring', 'star'] as const;
export type Mode = (typeof MODES)[number];

const bound = 'a whole number of at least 0';
const portion = 'a number above 0, up to 1';
const filter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('topK'),
    share: z.number(portion).gt(0, portion).max(1, portion),
  }),
  z.strictObject({ type: z.literal('significance'), threshold: positive }),
]);
/** Which entries of a gradient a worker sends; the others wait for its next one. */
export type FilterSpec = z.output<typeof filter>;

/** Of `ssp`, unless told. */
export const DEFAULT_STALENESS = 1;

const star = z.strictObject({
  consistency: z.enum(['bsp', 'ssp', 'asp']).default('bsp').meta({
    description: 'bsp waits for all workers, ssp lets none be more than `staleness` clocks ahead, asp waits for nobody',
  }),
  staleness: z.int(bound).min(0, bound).default(DEFAULT_STALENESS).meta({ description: 'ssp: the bound s' }),
  localSteps: count.default(1).meta({ description: 'steps that a worker takes by itself before it pushes' }),
  data: z.enum(['stream', 'local']).default('stream').meta({ description: 'local: each board reads its own files' }),
  filter: filter.default({ type: 'none' }).meta({ description: 'which entries of a gradient are sent at once' }),
});
export type StarSpec = z.output<typeof star>;

const snapshots = z
  .strictObject({
    everySteps: count.optional().meta({ description: 'after so many steps, whatever it costs' }),
    everySeconds: positive.optional().meta({ description: 'as soon as so many seconds are over' }),
  })
  .check((context) => {
    const { everySteps, everySeconds } = context.value;
    if (everySteps === undefined || everySeconds === undefined) return;
    const message = 'everySteps or everySeconds, not both';
    context.issues.push({ code: 'custom', message, path: ['everySeconds'], input: everySeconds });
  });

const ENGINES = ['blas', 'wasm-relaxed', 'wasm', 'plain'] as const satisfies readonly EngineName[];

export const runSpecSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(NAME_PATTERN, '1 to 63 lower-case letters, digits, "-" or "_"'),
  seed: z.int().min(0).max(0xffffffff).default(1),
  data,
  model: z.strictObject({ layers: z.array(layer).min(1) }),
  loss,
  optimizer: optimizer.default({ type: 'sgd', learningRate: 0.1 }),
  training: training.prefault({}),
  /** How many boards hold a stage; by default all that are online, as far as there are layers. */
  boards: count.optional(),
  mode: z.enum(MODES).default('ring').meta({
    description: 'ring: each board holds some layers; star: each holds a replica, the master is the parameter server',
  }),
  star: star.prefault({}),
  /** Whether the master holds the last layers; by default it holds none. */
  masterStage: z.boolean().default(false),
  engine: z
    .enum(['auto', ...ENGINES])
    .default('auto')
    .meta({ description: 'one for all boards; `auto`, the default, is the best that all of them have' }),
  links: z.enum(LINK_KINDS).default('hub').meta({
    description: "hub: frames go through the fleet's broker; direct: neighbours send straight to each other",
  }),
  wire: wireSchema.prefault({}),
  snapshots: snapshots.prefault({}).meta({
    description:
      'how often all boards keep what they would go on from; unless told, as often as costs the least in all',
  }),
});

/** To whoever wrote one that is refused. */
export const RUN_FILE_REMEDY =
  'See `ringtmp schema`, or examples/run-file.schema.json, for all keys of a run file and what they may be.';

export type RunSpec = z.output<typeof runSpecSchema>;

/** So many steps of a run are done at one moment. */
export function stepsTogether({ mode, star }: Pick<RunSpec, 'mode' | 'star'>): number {
  return mode === 'star' ? star.localSteps : 1;
}

/** As a run is carried out: with one engine, the same at all positions. */
export const resolvedRunSpecSchema = runSpecSchema.extend({ engine: z.enum(ENGINES) });
export type ResolvedRunSpec = z.output<typeof resolvedRunSpecSchema>;

export type DataSpec = RunSpec['data'];

/** For editors: `# yaml-language-server: $schema=...` on the first line of a run file. */
export function runSpecJsonSchema(): object {
  return { title: 'RingTMP run file', ...z.toJSONSchema(runSpecSchema, { io: 'input' }) };
}
