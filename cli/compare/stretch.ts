// How often the training of a run file is gone through so that faults find their place in it: a small one is over before a
// process that was killed is back. Found out by trying it undisturbed, which is what the battered runs are judged by as well.

import type { RunSpec } from '../../protocol/run-spec.js';

export interface Stretched<Run> {
  readonly stretch: number;
  readonly spec: RunSpec;
  readonly undisturbed: Run;
}

const MOST_STRETCH = 10_000;
/** A short run is mostly its beginning and its end: it tells little of a longer one. */
const MOST_GROWTH = 20;
const MARGIN = 1.2;

interface AtLeast {
  /** That it has to last, unless it fails. */
  readonly seconds: number;
  readonly stretch: number;
}

export async function longEnough<Run extends { readonly seconds: number; readonly failure: string | null }>(
  spec: RunSpec,
  { seconds, stretch: least }: AtLeast,
  undisturbedRun: (spec: RunSpec) => Promise<Run>,
): Promise<Stretched<Run>> {
  for (let stretch = least; ; ) {
    const stretched = { ...spec, training: stretchedTraining(spec, stretch) };
    const undisturbed = await undisturbedRun(stretched);
    const isEnough = undisturbed.seconds >= seconds || stretch >= MOST_STRETCH;
    if (isEnough || undisturbed.failure !== null) return { stretch, spec: stretched, undisturbed };
    const growth = Math.min(MOST_GROWTH, (MARGIN * seconds) / undisturbed.seconds);
    stretch = Math.min(MOST_STRETCH, Math.ceil(stretch * growth));
  }
}

function stretchedTraining({ training }: RunSpec, stretch: number): RunSpec['training'] {
  const { steps, epochs = steps === undefined ? 1 : undefined } = training;
  return {
    ...training,
    ...(steps !== undefined && { steps: steps * stretch }),
    ...(epochs !== undefined && { epochs: epochs * stretch }),
  };
}
