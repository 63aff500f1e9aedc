// What one board tells the fleet, as an onlooker waits for it.

import {
  type AgentInfo,
  type AgentTelemetry,
  agentInfoSchema,
  agentTelemetrySchema,
} from '../../protocol/agent-messages.js';
import { type PresenceStatus, parseMessage, presenceSchema } from '../../protocol/messages.js';
import type { Topics } from '../../protocol/topics.js';
import type { Transport } from '../../transport/transport.js';
import { openInbox } from '../transport/inbox.js';

export interface BoardWatch {
  /** When it is online, and not as the boot that is given. */
  online(notBoot?: number): Promise<PresenceStatus>;
  /** The next that it tells of what it is and can do, and that is as wanted. */
  info(isWanted?: (info: AgentInfo) => boolean): Promise<AgentInfo>;
  /** The first telemetry that is as wanted. */
  telemetry(isWanted: (telemetry: AgentTelemetry) => boolean): Promise<AgentTelemetry>;
}

export async function watchBoard(transport: Transport, topics: Topics, board: string): Promise<BoardWatch> {
  const statuses = await openInbox(transport, topics.agentStatus(board));
  const infos = await openInbox(transport, topics.agentInfo(board));
  const telemetries = await openInbox(transport, topics.agentTelemetry(board), 0);
  const payload = async (inbox: typeof statuses) => (await inbox.take(1))[0]?.payload as Buffer;
  const status = async () => parseMessage(presenceSchema, await payload(statuses));
  const info = async () => parseMessage(agentInfoSchema, await payload(infos));
  const telemetry = async () => parseMessage(agentTelemetrySchema, await payload(telemetries));
  return {
    online: (notBoot) => first(status, ({ state, boot }) => state === 'online' && boot !== notBoot),
    info: (isWanted = () => true) => first(info, isWanted),
    telemetry: (isWanted) => first(telemetry, isWanted),
  };
}

async function first<T>(next: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await next();
    if (isWanted(value)) return value;
  }
}
