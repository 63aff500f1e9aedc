// Whether this Node.js is new enough.

import { ConfigurationError } from '../../../errors.js';
import { requiredNode } from '../../version.js';
import { type Check, ok } from '../finding.js';

/** @param there as process.versions tells it */
export function nodeCheck(there = process.versions.node, needed = requiredNode()): Check {
  return {
    name: 'node',
    limitMs: 1_000,
    run: async () => {
      if (isAtLeast(there, needed)) return [ok('node', `Node.js ${there}`, { version: there, needed })];
      throw new ConfigurationError(`Node.js ${there} is too old: ${needed} or later is needed`, {
        remedy: 'Install a newer one: https://nodejs.org/en/download, or the package nodejs of your distribution.',
      });
    },
  };
}

function isAtLeast(there: string, needed: string): boolean {
  const [have, want] = [numbers(there), numbers(needed)];
  const differs = want.findIndex((part, index) => part !== (have[index] ?? 0));
  return differs === -1 || (have[differs] ?? 0) > (want[differs] ?? 0);
}

function numbers(version: string): number[] {
  return version.split('.').map(Number);
}
