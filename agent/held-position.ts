// The position that a board holds, as the rest of the agent sees it: a ring's or a star's, metered where the board has a
// meter.

import type { Activity } from '../node/activity.js';
import type { Assignment } from '../protocol/messages.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { EnergyMeter } from './energy-meter.js';

/** What a board needs of its position, in a ring or a star. */
export interface HeldNode {
  /** What its compute thread does. */
  readonly activity: Activity;
  /** Since the position was taken. */
  figures(): NodeFigures;
  close(): Promise<void>;
}

export interface HeldPosition {
  readonly assignment: Assignment;
  readonly node: HeldNode;
}

/** With the joules that the board takes while it holds the position. */
export function metered(node: HeldNode, meter: EnergyMeter | undefined): HeldNode {
  if (meter === undefined) return node;
  const energy = meter.begin(node.activity);
  return {
    activity: node.activity,
    figures: () => ({ ...node.figures(), energy: energy.figures() }),
    close: async () => {
      energy.end();
      await node.close();
    },
  };
}
