// The entry of the worker thread in which a node computes, so that MQTT, sensors and the watchdog in the
// main thread never wait for a matrix product. New messages are taken in between any two actions.

import { constants, getPriority, setPriority } from 'node:os';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createEngine } from '../compute/create-engine.js';
import { reportOf } from '../errors.js';
import { actionCosts } from './action-costs.js';
import { Activity } from './activity.js';
import { Arrivals } from './arrivals.js';
import { buildWorker, stageOf } from './build.js';
import type { FromThread, ThreadData, ToThread } from './compute-host.js';
import { EmulatedBoard } from './emulation.js';
import type { Incoming, Node, Outgoing } from './node-messages.js';
import { RingNode } from './ring-node.js';
import { scheduleOf } from './schedules/schedules.js';
import { restoreSnapshot } from './snapshot.js';
import { starNode } from './star/star-node.js';

const port = parentPort;
if (port === null) throw new Error('compute-thread.js runs as a worker thread only');
const {
  spec,
  window,
  engine,
  blas,
  memoryBytes,
  emulation,
  wire,
  start: from,
  activityMemory,
} = workerData as ThreadData;

function post(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function start(node: Node, board: EmulatedBoard | undefined): void {
  const arrivals = new Arrivals<Incoming>({
    time: board,
    receive: () => port && receiveMessageOnPort(port)?.message,
    deliver: (message) => node.deliver(message),
  });
  port?.on('message', (first: ToThread) => {
    arrivals.wake(first);
    do arrivals.takeIn();
    while (node.runOnce() || arrivals.awaitNext());
  });
}

/**
 * On Linux a thread's priority is its own, and 0 means the calling one (setpriority(2), "C library/kernel
 * differences"). A frame that waits for a computing thread on a busy core would hold up a whole neighbour.
 */
function giveWayToMessages(): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  // An emulated board hardly computes, and has to wake up in time.
  if (process.platform !== 'linux' || emulation) return;
  // From a lower priority, a service's Nice=, only root may rise.
  if (getPriority() < PRIORITY_BELOW_NORMAL) setPriority(0, PRIORITY_BELOW_NORMAL);
}

try {
  giveWayToMessages();
  const worker = await buildWorker(spec, createEngine(engine, blas), memoryBytes);
  if (from && from.step > 0) restoreSnapshot(worker.store, from.step, from.files);
  const booked = new Activity(activityMemory);
  // The master's main thread sends, too: were its node ahead of it, frames would leave out of order.
  const sendsAhead = spec.star ? spec.star.role === 'worker' : !spec.last;
  const board = emulation && new EmulatedBoard(booked, emulation, sendsAhead);
  const activity = board ?? booked;
  const emit = (message: Outgoing): void => {
    post(board ? { ...message, atMs: board.nowMs } : message, 'data' in message ? [message.data] : []);
  };
  const { microBatches, schedule, last, star, optimizer } = spec;
  const costs = actionCosts(stageOf(spec));
  const node = star
    ? starNode({ worker, part: star, optimizer, costs, activity, wire, emit })
    : new RingNode({ worker, schedule: scheduleOf(schedule), activity, costs, microBatches, window, last, wire, emit });
  start(node, board);
  post({ kind: 'ready' });
} catch (error) {
  post({ kind: 'failed', error: reportOf(error) });
}
