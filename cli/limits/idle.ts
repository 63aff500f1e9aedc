// What an agent takes that computes nothing: measured, since it differs from machine to machine.

import { z } from 'zod';
import { validate } from '../../protocol/validation.js';
import { asOperator } from '../operator.js';
import type { MemoryGroup } from './cgroup.js';
import { FLEET, type FleetSettings, onHeldFleet } from './held-fleet.js';

const diagnosisSchema = z.object({ memory: z.object({ rssBytes: z.number() }) });
const ANSWER_MS = 10_000;

/**
 * @param group that it runs in and that counts; null where the agent itself has to tell
 * @returns null when it was interrupted
 */
export function idleBytes(group: MemoryGroup | null, settings: FleetSettings): Promise<number | null> {
  const holding = { launchers: [group?.launcher ?? []], agentArguments: [] };
  return onHeldFleet(settings, holding, async (fleet) => {
    if (group !== null) return group.usageBytes();
    const access = { broker: fleet.url, fleet: FLEET };
    const told = await asOperator(access, (client) => client.requestBoard('board-1', 'diagnose', ANSWER_MS));
    return validate('the answer to diagnose', diagnosisSchema, told).memory.rssBytes;
  });
}
