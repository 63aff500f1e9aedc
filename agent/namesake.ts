// Two agents of one name would throw each other out for ever [MQTT-3.1.4-2]: the elder gives way.

import { ConnectionError } from '../errors.js';
import { followPresence, type Presence } from '../transport/presence.js';
import type { Subscription } from '../transport/transport.js';

/**
 * To be called once this agent has announced itself, when what its predecessor left has been replaced.
 * `offline` counts as well: it is what is left of a namesake that our return has just thrown out.
 * @param topic this agent's own status
 * @param onNamesake told once
 */
export function watchForNamesake(
  { transport, boot }: Presence,
  id: string,
  topic: string,
  onNamesake: (error: ConnectionError) => void,
): Promise<Subscription> {
  let told = false;
  return followPresence(transport, topic, (status) => {
    if (told || status.boot <= boot) return;
    told = true;
    onNamesake(
      new ConnectionError(`another agent is called ${id}`, { remedy: 'Start one of the two with another --id.' }),
    );
  });
}
