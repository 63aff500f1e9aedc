// The broker's file, /etc/ringtmp/broker.yaml: the options of `ringtmp broker`. Who may connect is in a file of its own,
// which holds hashes.

import { join } from 'node:path';
import { z } from 'zod';
import { MAX_PORT } from '../../protocol/link-address.js';
import { agentSettingsSchema } from './agent-settings.js';
import { SETTINGS_FOLDER, type SettingsKind } from './settings-file.js';

const text = z.string().min(1, 'must not be empty');
const port = z.int().min(0).max(MAX_PORT);

export const brokerSettingsSchema = agentSettingsSchema.pick({ $schema: true, fleet: true, logLevel: true }).extend({
  host: text.optional().meta({ description: 'where to listen; 0.0.0.0 for all addresses' }),
  port: port.optional().meta({ description: 'for MQTT; 0 takes any free one; 1883 unless told' }),
  wsPort: port.optional().meta({ description: 'for MQTT over WebSocket; none unless told' }),
  credentials: text.optional().meta({ description: 'who may connect: a file of `ringtmp credentials`' }),
  anonymousOperator: z
    .boolean()
    .optional()
    .meta({ description: 'whether whoever is on this machine is an operator without a login' }),
});

export type BrokerSettings = z.output<typeof brokerSettingsSchema>;

export const BROKER: SettingsKind<BrokerSettings> = {
  service: 'broker',
  usualFile: join(SETTINGS_FOLDER, 'broker.yaml'),
  variable: 'RINGTMP_BROKER_CONFIG',
  keyName: null,
  schema: brokerSettingsSchema,
  paths: ['credentials'],
  inService: (stateFolder) => ({ host: '0.0.0.0', credentials: join(stateFolder, 'credentials.json') }),
};

export function brokerJsonSchema(): object {
  const schema = z.toJSONSchema(brokerSettingsSchema, { io: 'input', unrepresentable: 'any' });
  return { title: 'RingTMP broker file', ...schema };
}
