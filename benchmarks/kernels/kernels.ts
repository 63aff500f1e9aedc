// Samples a second of one training step on one core: each engine beside PyTorch, tfjs and tiled
// JavaScript, in turns over several rounds.

import type { BenchContext, Group } from '../group.js';
import { type Pinning, pinningFor } from '../pinning.js';
import type { Row, Section } from '../report/report.js';
import { median, ratioOf } from '../statistics.js';
import { type Contender, peerNote, startContenders, YARDSTICK } from './contenders.js';

const BATCH = 32;
const MODELS: readonly (readonly number[])[] = [
  [784, 128, 64, 10],
  [784, 512, 512, 10],
];
const FULL = { seconds: 1, warmUpSeconds: 1 };
const QUICK = { seconds: 0.02, warmUpSeconds: 0.02 };

export const kernels: Group = {
  name: 'kernels',
  run: async (context) => {
    const pinning = pinningFor(1);
    const contenders = await startContenders(context, pinning);
    try {
      const sections: Section[] = [];
      for (const sizes of MODELS) sections.push(await compare(sizes, contenders, context, pinning));
      const [first, ...others] = sections as [Section, ...Section[]];
      return [{ ...first, peers: contenders.filter(({ isPeer }) => isPeer).map(peerNote) }, ...others];
    } finally {
      await Promise.all(contenders.map(({ peer }) => peer?.close()));
    }
  },
};

async function compare(
  sizes: readonly number[],
  contenders: readonly Contender[],
  context: BenchContext,
  pinning: Pinning,
): Promise<Section> {
  const model = sizes.join('-');
  const rates = await measure(sizes, contenders, context);
  const yardstick = rates.get(YARDSTICK) ?? [];
  return {
    title: `A training step of ${model} on one core`,
    about: [
      `Forward, softmax cross-entropy, backward and SGD, relu, batch ${BATCH}, float32, one thread;`,
      `${context.rounds} alternating rounds after a warm-up, medians; ${pinning.note}.`,
    ],
    columns: [
      { key: 'samplesPerSecond', title: 'samples/s' },
      { key: 'gflops', title: 'GFLOP/s', digits: 1 },
    ],
    rows: contenders.map((contender) => rowOf(contender, sizes, rates.get(contender.name) ?? [], yardstick)),
    peers: [],
  };
}

/** Samples a second of each round, by name. */
async function measure(
  sizes: readonly number[],
  contenders: readonly Contender[],
  { rounds, quick, progress }: BenchContext,
): Promise<Map<string, number[]>> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, peer } of contenders) {
      if (peer === null) continue;
      progress(`kernels ${sizes.join('-')}, round ${round + 1} of ${rounds}: ${name}`);
      const answer = await peer.ask({ sizes, batch: BATCH, ...(quick ? QUICK : FULL) });
      rates.set(name, [...(rates.get(name) ?? []), answer.samplesPerSecond as number]);
    }
  }
  return rates;
}

function rowOf(
  { name, peer, isPeer, remedy }: Contender,
  sizes: readonly number[],
  rates: readonly number[],
  yardstick: readonly number[],
): Row {
  const samplesPerSecond = rates.length === 0 ? null : median(rates);
  const ratio = name === YARDSTICK ? null : ratioOf(rates, yardstick);
  return {
    id: `kernels/${sizes.join('-')}/${name}`,
    name,
    values: {
      samplesPerSecond,
      gflops: samplesPerSecond === null ? null : (samplesPerSecond * flopsPerSample(sizes)) / 1e9,
    },
    ratio: ratio && { ...ratio, to: YARDSTICK },
    ...(peer === null && { note: isPeer ? 'not here' : remedy }),
  };
}

/** Multiplications and additions of the products: three a weight, but no input gradient in the first layer. */
export function flopsPerSample(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, outputs, index) => {
    const weights = outputs * (sizes[index] as number);
    return sum + (index === 0 ? 4 : 6) * weights;
  }, 0);
}
