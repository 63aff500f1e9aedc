// A ring in discrete time: every position asks its schedule at each slot. A forward or a backward takes
// one slot, a message sent in slot t is there in slot t + 1, an update takes no slot.

import type { NodeView, Schedule } from '../../node/schedules/schedule.js';

export interface SimulatedRing {
  readonly schedule: Schedule;
  /** One for each position, from the first stage to the one that holds the loss. */
  readonly windows: readonly number[];
  readonly microBatches: number;
  readonly steps: number;
  /** Slots that a message spends on the link behind position p, beyond the one; none by default. */
  readonly linkSlots?: readonly number[];
}

/** What a position did in a slot. */
export interface Happening {
  readonly slot: number;
  readonly position: number;
  readonly action: 'forward' | 'backward' | 'update';
  readonly step: number;
  /** Of an update: -1. */
  readonly micro: number;
  /** The weight version that the position held. */
  readonly version: number;
  /** Forwards of this position whose backward has not begun, this one included. */
  readonly inFlight: number;
}

interface Message {
  readonly step: number;
  readonly micro: number;
  readonly slot: number;
}

interface Position {
  readonly window: number;
  readonly forwards: Message[];
  readonly gradients: Message[];
  previous: NodeView['previous'];
  version: number;
  inFlight: number;
  backwardsDone: number;
}

/** @throws Error when no position can do anything any more and work is left */
export function simulate(ring: SimulatedRing): Happening[] {
  const { windows, microBatches, steps, linkSlots = [] } = ring;
  const positions = windows.map(newPosition);
  positions[0]?.forwards.push(...stream(steps, microBatches));
  const happened: Happening[] = [];
  const links = linkSlots.reduce((sum, slots) => sum + slots + 1, 0);
  const longestPause = 2 * (links + windows.length);
  let busySlot = 0;
  for (let slot = 0; positions.some(({ version }) => version < steps); slot++) {
    for (const index of positions.keys()) {
      if (turn(ring, positions, index, slot, happened)) busySlot = slot;
    }
    if (slot - busySlot > longestPause) throw new Error(`nothing has moved since slot ${busySlot}`);
  }
  return happened;
}

/**
 * One row per position: `F2` forward and `B2` backward of micro-batch 2, `.` idle, `|` the update.
 * @param names of the positions, all of one length
 */
export function draw(ring: SimulatedRing, names: readonly string[]): string[] {
  const happened = simulate(ring);
  const slots = Math.max(...happened.map(({ slot }) => slot)) + 1;
  return names.map((name, position) => {
    const own = happened.filter((happening) => happening.position === position);
    return `${name}  ${Array.from({ length: slots }, (_, slot) => cell(own, slot)).join('')}`.trimEnd();
  });
}

function cell(own: readonly Happening[], slot: number): string {
  const now = own.filter((happening) => happening.slot === slot);
  const work = now.find(({ action }) => action !== 'update');
  const text = work === undefined ? '.' : `${work.action === 'forward' ? 'F' : 'B'}${work.micro}`;
  return text.padEnd(2) + (now.some(({ action }) => action === 'update') ? '|' : ' ');
}

function newPosition(window: number): Position {
  return { window, forwards: [], gradients: [], previous: null, version: 0, inFlight: 0, backwardsDone: 0 };
}

/** The master streams as far ahead as it likes: admission is the first position's. */
function stream(steps: number, microBatches: number): Message[] {
  return Array.from({ length: steps * microBatches }, (_, index) => {
    return { step: Math.floor(index / microBatches), micro: index % microBatches, slot: 0 };
  });
}

/** Does what the schedule says; an update follows the last backward in the same slot. */
function turn(
  ring: SimulatedRing,
  positions: readonly Position[],
  index: number,
  slot: number,
  happened: Happening[],
): boolean {
  const position = positions[index] as Position;
  const action = ring.schedule.next(viewOf(position, ring.microBatches, slot));
  if (action === 'wait') return false;
  happened.push(act(ring, positions, index, slot, action));
  if (ring.schedule.next(viewOf(position, ring.microBatches, slot)) === 'update') {
    happened.push(act(ring, positions, index, slot, 'update'));
  }
  return true;
}

function act(
  { linkSlots = [] }: SimulatedRing,
  positions: readonly Position[],
  index: number,
  slot: number,
  action: Happening['action'],
): Happening {
  const position = positions[index] as Position;
  const { version } = position;
  const arrival = (link: number) => slot + 1 + (linkSlots[link] ?? 0);
  const happening = { slot, position: index, action, version };
  if (action !== 'update') position.previous = action;
  if (action === 'forward') {
    const { step, micro } = position.forwards.shift() as Message;
    position.inFlight++;
    const last = index === positions.length - 1;
    if (last) position.gradients.push({ step, micro, slot: slot + 1 });
    else positions[index + 1]?.forwards.push({ step, micro, slot: arrival(index) });
    return { ...happening, step, micro, inFlight: position.inFlight };
  }
  const { inFlight } = position;
  if (action === 'backward') {
    const { step, micro } = position.gradients.shift() as Message;
    position.inFlight--;
    position.backwardsDone++;
    positions[index - 1]?.gradients.push({ step, micro, slot: arrival(index - 1) });
    return { ...happening, step, micro, inFlight };
  }
  Object.assign(position, { version: version + 1, backwardsDone: 0 });
  return { ...happening, step: version, micro: -1, inFlight };
}

function viewOf(position: Position, microBatches: number, slot: number): NodeView {
  const { window, previous, version, inFlight, backwardsDone } = position;
  const head = position.forwards[0];
  const arrived = head !== undefined && head.slot <= slot;
  return {
    previous,
    version,
    inFlight,
    backwardsDone,
    microBatches,
    window,
    nextForward: arrived ? { step: head.step, training: true } : null,
    gradientWaits: (position.gradients[0]?.slot ?? Infinity) <= slot,
  };
}
