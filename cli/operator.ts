// What every command of an operator does around its own work: connect, work, disconnect.

import { randomUUID } from 'node:crypto';
import { connectOperator } from './connect.js';
import { type FleetClient, openFleetClient } from './fleet-client.js';
import type { FleetOptions } from './options.js';

export interface OperatorOptions extends FleetOptions {
  readonly json?: boolean;
}

export async function asOperator<T>(
  options: FleetOptions,
  work: (client: FleetClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const transport = await connectOperator(options, signal);
  try {
    const { fleet } = options;
    return await work(await openFleetClient({ transport, fleet, newId: randomUUID, now: Date.now }));
  } finally {
    await transport.close();
  }
}
