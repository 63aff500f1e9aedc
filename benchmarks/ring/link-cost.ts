// What one message costs on this machine, for the allowance of a ring: the round trip of such a message
// and its receipt less the way of the receipt, measured as bench transport does.

import { pinningFor } from '../pinning.js';
import { median } from '../statistics.js';
import type { Way } from '../transport/duct.js';
import { HUBS } from '../transport/hubs.js';
import { openLink } from '../transport/link.js';
import { WAYS } from '../transport/ways.js';

const [ROUNDS, QUICK_ROUNDS] = [3, 1];
const [SECONDS, QUICK_SECONDS] = [0.5, 0.05];

/** Milliseconds of one hop; `null` where this version has no such links. */
export async function linkCostMs(links: string, bytes: number, quick: boolean): Promise<number | null> {
  const way = WAYS.find(({ name }) => name === links);
  if (way === undefined) return null;
  const hub = (await HUBS[way.hub ?? '']?.()) ?? null;
  try {
    return await measure(way, hub, bytes, quick);
  } finally {
    await hub?.close();
  }
}

type Hub = Parameters<typeof openLink>[1];

/** The round trip of the message and its receipt, without the way of the receipt, which is half a small round trip. */
async function measure(way: Way, hub: Hub, bytes: number, quick: boolean): Promise<number> {
  const link = await openLink(way, hub, pinningFor(hub === null ? 2 : 3));
  const seconds = quick ? QUICK_SECONDS : SECONDS;
  const hop = async (size: number): Promise<number> => {
    return (await link.carry({ bytes: size, window: 1, seconds })).medianRoundTripMs;
  };
  try {
    await hop(bytes);
    const costs: number[] = [];
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round++) {
      costs.push((await hop(bytes)) - (await hop(RECEIPT_BYTES)) / 2);
    }
    return median(costs);
  } finally {
    await link.close();
  }
}

const RECEIPT_BYTES = 4;
