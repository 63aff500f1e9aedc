// Emulated boards and their master stretch all times alike, or what one measures of another would mean nothing.

import { ConfigurationError } from '../errors.js';
import type { AgentInfo } from '../protocol/agent-messages.js';

/**
 * @param own the master's
 * @throws ConfigurationError when a board has another
 */
export function commonDilation(own: number, boards: readonly Pick<AgentInfo, 'agent' | 'dilation'>[]): number {
  const other = boards.find(({ dilation }) => dilation !== own);
  if (other === undefined) return own;
  throw new ConfigurationError(`board ${other.agent} has a time dilation of ${other.dilation}, the master of ${own}`, {
    remedy: 'Start the master and all agents with the same --dilation, under a --profile.',
  });
}
