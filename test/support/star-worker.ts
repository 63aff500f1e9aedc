// A worker of a star on its own, with the messages of its first clock.

import type { Incoming, Outgoing } from '../../node/node-messages.js';
import { piecesOf } from '../../node/pieces.js';
import { valuesIn } from '../../protocol/packed-tensor.js';
import { samplesFrom, weightsOf } from './star-samples.js';
import { nodeAt, type StarRun, WIDE } from './star-stages.js';

export const SHARE = 3;
type Gradient = Extract<Outgoing, { kind: 'gradient' }>;

export async function openWorker(changes: Partial<StarRun> = {}) {
  const told: Outgoing[] = [];
  const run: StarRun = { stage: WIDE, shares: [SHARE], ...changes };
  const { node, worker } = await nodeAt(run, 1, (message) => told.push(message));
  const weights = weightsOf(worker);
  const width = run.stage.inputShape[0] as number;
  const parameters = piecesOf(weights.length).map(
    ({ index, start, end }): Incoming => ({
      kind: 'parameters',
      step: 0,
      micro: index,
      data: weights.slice(start, end),
    }),
  );
  const { data, targets } = samplesFrom(0, SHARE, width);
  const activation: Incoming = { kind: 'activation', step: 0, micro: 0, data };
  const labels: Incoming = { kind: 'targets', step: 0, micro: 0, training: true, samples: SHARE, data: targets };
  const settle = () => {
    while (node.runOnce());
  };
  const clock = () => {
    for (const message of [...parameters, activation, labels]) node.deliver(message);
    settle();
  };
  return { node, worker, told, parameters, activation, labels, settle, clock, weights };
}

export const gradientsIn = (told: readonly Outgoing[]) =>
  told.filter((each): each is Gradient => each.kind === 'gradient');

/** The whole vector that a push carries. */
export function pushedVector(pushes: readonly Gradient[], elements: number): Float32Array {
  const whole = new Float32Array(elements);
  for (const { micro, data, entries = 0 } of pushes) {
    const values = valuesIn(data, [entries], 'f32', false);
    whole.set(values, (piecesOf(elements)[micro] as { start: number }).start);
  }
  return whole;
}
