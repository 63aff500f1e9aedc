// Whether this board refused what was flashed to it: then it goes on with what it had, or starts no agent.

import { RunError } from '../../../errors.js';
import { type Check, problem } from '../finding.js';

/** @param read why, or null */
export function flashedCheck(read: () => Promise<string | null>): Check {
  return {
    name: 'flashed',
    limitMs: 5_000,
    run: async () => {
      const reason = await read();
      if (reason === null) return [];
      const why = reason.split('\n').join(' ');
      const error = new RunError(`what was flashed to this board was refused: ${why}`, {
        remedy:
          'Flash its card again, or remove ringtmp.* there; then `sudo systemctl restart ringtmp-flash ringtmp-agent`.',
      });
      return [problem('flashed', error)];
    },
  };
}
