// What the boards of a run tell of their positions, sorted by what it is. What belongs to a generation that is over is
// passed over.

import type { ErrorReport, RemoteError } from '../errors.js';
import type { PlanEntry, SnapshotEntry } from '../protocol/assignment.js';
import type { Warning } from '../protocol/run-messages.js';
import type { Topics } from '../protocol/topics.js';
import type { Subscription, Transport } from '../transport/transport.js';
import { faultIn, leavingIn, snapshotIn, warningIn } from './faults.js';
import type { RunRecord } from './run-record.js';

export interface BoardEvents {
  /** @param entry of the board; undefined where it does not say which it is */
  onFault(error: RemoteError, entry: PlanEntry | undefined): void;
  /** It bears something, at a cost. */
  onWarning(warning: Warning): void;
  /** Its agent is about to end. */
  onLeaving(entry: PlanEntry): void;
  /** On its disk. */
  onKept(position: number, snapshot: SnapshotEntry): void;
  /** Its disk does not take it, for now. */
  onUnkept(agent: string, error: ErrorReport): void;
}

const UNKNOWN = 'a board';

export function followBoards(
  transport: Transport,
  topics: Topics,
  record: RunRecord,
  events: BoardEvents,
): Promise<Subscription> {
  const entryAt = (at?: number) => record.plan.find(({ position }) => position > 0 && position === at);
  const isOfNow = (generation?: number) => generation === undefined || generation === record.generation;
  const onTold = (payload: Uint8Array) => {
    const fault = faultIn(payload);
    if (fault && isOfNow(fault.generation)) events.onFault(fault.error, entryAt(fault.position));
    const warning = warningIn(payload);
    if (warning) events.onWarning(warning);
    const leaving = leavingIn(payload);
    const leaver = leaving && isOfNow(leaving.generation) && entryAt(leaving.position);
    if (leaver) events.onLeaving(leaver);
  };
  const onSnapshot = (payload: Uint8Array) => {
    const told = snapshotIn(payload);
    if (told === null || !isOfNow(told.generation)) return;
    if (told.snapshot) events.onKept(told.position ?? 0, told.snapshot);
    else if (told.error) events.onUnkept(entryAt(told.position)?.agent ?? UNKNOWN, told.error);
  };
  const onEvent = (_: string, payload: Uint8Array) => {
    onTold(payload);
    onSnapshot(payload);
  };
  return transport.subscribe(topics.runEvents(record.name), onEvent, 1);
}
