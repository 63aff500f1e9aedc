// What every command of an operator does around its own work: connect, work, disconnect.

import { connectOperator } from './connect.js';
import { createFleetClient, type FleetClient } from './fleet-client.js';
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
    return await work(createFleetClient(transport, options.fleet));
  } finally {
    await transport.close();
  }
}
