// A whole fleet in this process, whose boards wait instead of computing: its threads take next to no
// processor, so that eight of them are truly concurrent on two cores. Frames go over direct links, TCP on
// loopback; only what the control plane says takes a shorter way.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../../agent/agent.js';
import { openInbox } from '../../broker/inbox.js';
import { createFleetClient, type FleetClient } from '../../cli/fleet-client.js';
import { startMaster } from '../../master/master.js';
import type { Emulation } from '../../node/emulation.js';
import { MASTER_ID } from '../../protocol/topics.js';
import { createHub } from '../../transport/in-process.js';

export interface WaitingFleet {
  readonly client: FleetClient;
  close(): Promise<void>;
}

const FLEET = 'waiting';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const PATIENCE_MS = 60_000;
const MEMORY_BYTES = 2 ** 28;
const EVERYBODY = { fleet: FLEET, version: '0.0.0', memoryBytes: MEMORY_BYTES, log: SILENT };

/** @param emulation of each board; of a fixed one the master has the links, and does not compute */
export async function startWaitingFleet(
  boards: number,
  emulation: Emulation,
  dataFolder: string,
): Promise<WaitingFleet> {
  const hub = createHub();
  const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-bench-'));
  const master = await startMaster({
    ...EVERYBODY,
    connect: (will) => hub.connect({ clientId: MASTER_ID, will }),
    openInbox: openLoopbackInbox,
    runsFolder,
    dataFolders: [dataFolder],
    boardsTimeoutMs: PATIENCE_MS,
    retainedQuietMs: 1, // nothing is retained on a new hub
    emulation: 'profile' in emulation ? emulation : { forwardMs: 0, backwardMs: 0, linkMs: emulation.linkMs },
  });
  const agents = await Promise.all(
    Array.from({ length: boards }, (_, index) => startWaitingAgent(`board-${index + 1}`, hub, emulation)),
  );
  const operator = await hub.connect({ clientId: 'operator' });
  return {
    client: createFleetClient(operator, FLEET),
    close: async () => {
      await master.close();
      await Promise.all(agents.map((agent) => agent.close()));
      await operator.close();
      await rm(runsFolder, { recursive: true, force: true });
    },
  };
}

function openLoopbackInbox() {
  return openInbox({ host: '127.0.0.1', log: SILENT });
}

function startWaitingAgent(id: string, hub: ReturnType<typeof createHub>, emulation: Emulation) {
  return startAgent({
    ...EVERYBODY,
    id,
    connect: (will) => hub.connect({ clientId: id, will }),
    openInbox: openLoopbackInbox,
    engine: 'wasm',
    telemetryMs: 1000,
    snapshotsFolder: join(tmpdir(), 'ringtmp-benchmark', id),
    restart: () => undefined,
    stop: () => undefined,
    emulation,
  });
}
