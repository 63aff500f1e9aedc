// The position that a board holds, as the rest of the agent sees it: a ring's or a star's, metered where the board has a
// meter.

import { CommandError } from '../errors.js';
import type { Activity } from '../node/activity.js';
import type { SnapshotKeeper } from '../node/snapshot-keeper.js';
import type { Assignment } from '../protocol/assignment.js';
import { type NodeFigures, withPassed } from '../protocol/node-figures.js';
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

/** With the files that the position takes in and gives away. */
export function withFiles(node: HeldNode, { passed }: Pick<SnapshotKeeper, 'passed'>): HeldNode {
  return {
    activity: node.activity,
    figures: () => withPassed(node.figures(), passed.list()),
    close: () => node.close(),
  };
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

/** @throws CommandError where there is no such place */
export function checkPlace({ spec, position, workers, firstLayer, endLayer }: Assignment): void {
  if (position < 1 || position > workers) {
    throw new CommandError(`a ${spec.mode} of ${workers} boards has no position ${position} for a board`, {
      remedy: `Assign positions from 1 (position 0 is the master) to ${workers}.`,
    });
  }
  if (firstLayer < endLayer) return;
  throw new CommandError(`the stage begins at layer ${firstLayer} and ends before layer ${endLayer}`, {
    remedy: 'Give each board at least one layer.',
  });
}
