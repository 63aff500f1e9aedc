// How a comparison came about, in words: what every figure needs beside it.

import type { Circumstances } from '../../comparison/report/report.js';
import type { BoardProfile } from '../../hardware/board-profile.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { CompareOptions } from './compare.js';
import { profilesOf } from './definer.js';

export function circumstancesOf(base: RunSpec, options: CompareOptions): Circumstances {
  const { boards, master } = profilesOf(options);
  return {
    name: base.name,
    task: taskOf(base),
    command: options.command,
    profile: boards && `${boards.map(profileText).join('; ')}; the master: ${(master ?? boards[0])?.name}`,
    links: LINKS[options.links],
  };
}

const LINKS = {
  direct: 'direct for all contestants: each board to each other through a switch',
  hub: 'through the broker for all contestants',
} as const;

function profileText(profile: BoardProfile): string {
  const { name, board, gflops, memoryGBps, linkMbps, latencyMs, idleW, loadW } = profile;
  const speed = `${gflops} GFLOP/s, memory ${memoryGBps} GB/s, link ${linkMbps} Mbit/s, latency ${latencyMs} ms`;
  return `emulated ${name} (${board}: ${speed}, ${idleW} W idle, ${loadW} W at work)`;
}

function taskOf({ data, model, training, seed }: RunSpec): string {
  const layers = model.layers.map((layer) => (layer.type === 'dense' ? `dense ${layer.units}` : layer.type));
  const { epochs, steps, batch, microBatches } = training;
  const long = steps === undefined ? `${epochs ?? 1} epochs` : `${steps} steps`;
  return `${data.source}; ${layers.join(', ')}; ${long}, batch ${batch} in ${microBatches} micro-batches; seed ${seed}`;
}
