// The bars: what each measured ratio should reach. A row of a report that has the id of a goal is held
// against it; a goal without a row is listed as not measured, so that none is forgotten.

export interface Goal {
  /** Of the row. */
  readonly id: string;
  /** The ratio in words. */
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const SMALL = '784-128-64-10';
const LARGE = '784-512-512-10';

export const GOALS: readonly Goal[] = [
  { id: `kernels/${SMALL}/blas`, what: 'engine blas to PyTorch', atLeast: 1.5 },
  { id: `kernels/${LARGE}/blas`, what: 'engine blas to PyTorch', atLeast: 1.1 },
  { id: `kernels/${SMALL}/wasm`, what: 'engine wasm to PyTorch', atLeast: 0.7 },
  { id: `kernels/${LARGE}/wasm`, what: 'engine wasm to PyTorch', atLeast: 0.48 },
  { id: 'transport/256KB/direct', what: 'a direct link to raw TCP, MB/s', atLeast: 0.4 },
  { id: 'transport/256KB/hub', what: 'our broker as hub to raw TCP, MB/s', atLeast: 0.12 },
  { id: 'transport/framing', what: "bytes beyond the tensor's to the tensor's", atMost: 0.005 },
  { id: 'ring/async/direct', what: 'two boards to one process, samples/s', atLeast: 1.6 },
  { id: 'ring/sync/hub/allowed', what: 'two boards to what bubbles and links allow', atLeast: 0.9 },
  { id: 'ring/sync/direct/allowed', what: 'two boards to what bubbles and links allow', atLeast: 0.9 },
  { id: 'ring/sync/direct/own-pace', what: 'two boards to what bubbles leave of their own pace', atLeast: 0.9 },
  { id: 'ring/sync/waiting/allowed', what: 'two waiting boards to what bubbles allow', atLeast: 0.9 },
  ...[2, 4, 8].flatMap((boards) =>
    ['0', 'T/2', 'T'].map((link) => ({
      id: `ring/waiting/${boards}/${link}`,
      what: `period of ${boards} waiting stages, links of ${link}, to max(c, T)`,
      atMost: 1.05,
    })),
  ),
  ...['ring', 'star'].flatMap((mode) =>
    [1, 2, 4, 8, 12].flatMap((boards) => [
      {
        id: `simulator/${mode}/${boards}`,
        what: `step of ${boards} emulated boards as ${mode}, to the simulated one`,
        atLeast: 0.9,
        atMost: 1.1,
      },
      { id: `simulator/drift/${mode}/${boards}`, what: `drift of ${boards} emulated boards as ${mode}`, atMost: 0.05 },
    ]),
  ),
  { id: 'memory/agent/rss', what: 'memory of an agent, last third to first', atMost: 1.1 },
  { id: 'memory/agent/cpu', what: 'CPU a message of an agent, last third to first', atMost: 1.1 },
  { id: 'memory/broker/rss', what: 'memory of the broker, last third to first', atMost: 1.1 },
  { id: 'memory/broker/cpu', what: 'CPU a message of the broker, last third to first', atMost: 1.1 },
  ...['sync', 'async', 'star'].flatMap((key) => [
    { id: `recovery/cuts/${key}`, what: `${key} with cuts to the same without, samples/s`, atLeast: 0.97 },
    {
      id: `recovery/temporary/${key}`,
      what: `${key}: until it goes on after a loss that is over at once, to 2 s`,
      atMost: 1,
    },
  ]),
  ...['sync', 'async'].map((key) => ({
    id: `recovery/permanent/${key}`,
    what: `${key}: until it goes on after a loss that stays, to 5 s`,
    atMost: 1,
  })),
];

export function goalOf(id: string): Goal | null {
  return GOALS.find((goal) => goal.id === id) ?? null;
}

export function isMet({ atLeast = Number.NEGATIVE_INFINITY, atMost = Infinity }: Goal, ratio: number): boolean {
  return ratio >= atLeast && ratio <= atMost;
}

/** `≥ 0.7`, `≤ 1.05`, `0.9–1.1`. */
export function goalText({ atLeast, atMost }: Goal): string {
  if (atLeast !== undefined && atMost !== undefined) return `${atLeast}–${atMost}`;
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}
