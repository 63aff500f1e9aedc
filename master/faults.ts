// What can befall a run, in words for whoever looks after the fleet.

import { DataError, type ErrorReport, RemoteError, RunError, reportOf } from '../errors.js';
import type { PlanEntry, SnapshotEntry } from '../protocol/assignment.js';
import { parseMessage } from '../protocol/messages.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import { type RunEvent, runEventSchema, type Warning } from '../protocol/run-messages.js';
import type { Mode } from '../protocol/run-spec.js';
import type { Cut } from './recovery/holdings.js';

const DIVERGED_REMEDY =
  'Lower the learning rate, set optimizer.clipnorm, or look at the data for values that are not numbers.';

/** Numbers that are none, at the master's own node. */
export function diverged(message: string, remedy = DIVERGED_REMEDY): RunError {
  return new RunError(message, { remedy });
}

export interface BoardFault {
  readonly position: number | undefined;
  readonly generation: number | undefined;
  readonly error: RemoteError;
}

/** A fault that a board tells of; null for any other event, and for what is none. */
export function faultIn(payload: Uint8Array): BoardFault | null {
  const event = tryParse(payload);
  if (event?.type !== 'fault' || event.error === undefined) return null;
  return {
    position: event.position,
    generation: event.generation,
    error: new RemoteError(atPosition(event.position, event.error)),
  };
}

/** What a node bears, at a cost; null for any other event, and for what is none. */
export function warningIn(payload: Uint8Array): Warning | null {
  const event = tryParse(payload);
  if (event?.type !== 'warning' || event.error === undefined) return null;
  return { position: event.position ?? 0, ...event.error };
}

/** What a node tells of the snapshots that it is to keep; null for any other event, and for what is none. */
export function snapshotIn(payload: Uint8Array): RunEvent | null {
  const event = tryParse(payload);
  return event?.type === 'kept' || event?.type === 'unkept' ? event : null;
}

/** The position that a board is about to leave; null for any other event, and for what is none. */
export function leavingIn(payload: Uint8Array): RunEvent | null {
  const event = tryParse(payload);
  return event?.type === 'leaving' ? event : null;
}

const LOSSES = { offline: 'went offline', restarted: 'restarted', silent: 'does not answer' } as const;

export function boardLost({ agent, position }: PlanEntry, reason: keyof typeof LOSSES, step: number): RunError {
  return new RunError(`board ${agent} (position ${position}) ${LOSSES[reason]} at step ${step}`, {
    remedy: 'See to the board (its log, its power, its network): the run goes on with it, or without it.',
  });
}

/** Of the newest cut: without it the run cannot go on, and must not go on otherwise. */
export function heldByNobody({ step }: Cut, missing: readonly SnapshotEntry[]): RunError {
  const layers = missing.map(({ firstLayer, endLayer }) => `${firstLayer} to ${endLayer - 1}`).join(' and ');
  return new RunError(`no board that is there has the snapshot of layers ${layers} at step ${step}`, {
    remedy: 'Start a board again that took part: it has them on its disk.',
  });
}

/** Of all cuts: what the boards had of them is not as it was written. */
export function allSpoilt({ step }: Cut): DataError {
  return new DataError(`no cut can be read any more, of which the newest was at step ${step}: the run begins anew`, {
    remedy: 'See to the disks of master and boards: they do not keep what is written to them.',
  });
}

/** Whether a run goes on after it: something was lost, or did not come in time. Numbers that are none would come again. */
export function isBearable(error: unknown): boolean {
  return BEARABLE.has(reportOf(error).code);
}

const BEARABLE = new Set(['connection', 'timeout', 'run', 'data', 'capacity']);

/** Whether what a node tells is its own fault, which may come again each time: not that it cannot reach another. */
export function isOfNode(error: unknown): boolean {
  return !UNREACHABLE.has(reportOf(error).code);
}

const UNREACHABLE = new Set(['connection', 'timeout']);

/** @param keys each with its value */
export function withoutEffect(mode: Mode, keys: readonly string[]): Warning {
  return {
    position: 0,
    code: 'configuration',
    message: `in this ${mode} the run file's ${keys.join(', ')} ${keys.length === 1 ? 'has' : 'have'} no effect`,
    remedy: 'Leave it out, or see in docs/run-file.md which keys belong to a ring and which to a star.',
  };
}

/** Of a star, which goes on. */
export function workerLost(agent: string, position: number, step: number, left: number): RunError {
  return new RunError(
    `worker ${agent} (position ${position}) is lost at step ${step}: the server goes on with ${left}`,
    {
      remedy:
        'See to the board (its log, its power, its network): once it is back it takes part again from the next cut.',
    },
  );
}

/** With a broker that died, or a connection that broke. */
export function framesLost(): RunError {
  return new RunError('nothing comes back to the master since the connection to the broker was lost', {
    remedy: 'The run goes on from its last cut; see to the broker, and to the network on the way to it.',
  });
}

export function stalled(silentMs: number, figures: NodeFigures | null): RunError {
  const seconds = Math.round(silentMs / 1000);
  return new RunError(`nothing came back to the master for ${seconds} s${inWords(figures)}`, {
    remedy: 'Look at `ringtmp status` for a board that hangs, and at the connections to the broker.',
  });
}

function inWords(figures: NodeFigures | null): string {
  if (figures === null) return '';
  const dropped = Object.entries(figures.dropped).filter(([, count]) => count > 0);
  const drops = dropped.map(([reason, count]) => `${count} ${reason}`).join(', ') || 'none';
  return `; the master's node is in phase ${figures.phase}, frames it could not send: ${figures.unsent}, dropped: ${drops}`;
}

function atPosition(position: number | undefined, { code, message, remedy }: ErrorReport): ErrorReport {
  return { code, message: `position ${position}: ${message}`, remedy: remedy ?? DIVERGED_REMEDY };
}

function tryParse(payload: Uint8Array): RunEvent | null {
  try {
    return parseMessage(runEventSchema, payload);
  } catch {
    return null;
  }
}
