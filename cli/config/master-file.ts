// The master's file, /etc/ringtmp/master.yaml: the options of `ringtmp master`. As an agent's it holds no password.

import { join } from 'node:path';
import { z } from 'zod';
import { LONGEST_WAIT_S } from '../options.js';
import { agentSettingsSchema } from './agent-settings.js';
import { SETTINGS_FOLDER, type SettingsKind } from './settings-file.js';

const path = z.string().min(1, 'must not be empty');

export const masterSettingsSchema = agentSettingsSchema
  .pick({
    $schema: true,
    broker: true,
    fleet: true,
    passwordFile: true,
    memory: true,
    blas: true,
    blasThreads: true,
    linkPort: true,
    linkAddress: true,
    direct: true,
    logLevel: true,
  })
  .extend({
    runs: path.optional().meta({ description: 'where the files of each run go' }),
    data: z
      .union([path, z.array(path)], 'a folder, or a list of folders')
      .optional()
      .meta({ description: 'where runs may read their data' }),
    wait: z
      .int()
      .min(0)
      .max(LONGEST_WAIT_S)
      .optional()
      .meta({ description: 'seconds that a run waits for its boards' }),
  });

export type MasterSettings = z.output<typeof masterSettingsSchema>;

export const MASTER: SettingsKind<MasterSettings> = {
  service: 'master',
  usualFile: join(SETTINGS_FOLDER, 'master.yaml'),
  variable: 'RINGTMP_MASTER_CONFIG',
  keyName: 'master.key',
  schema: masterSettingsSchema,
  paths: ['passwordFile', 'runs', 'data'],
  inService: (stateFolder) => ({ runs: join(stateFolder, 'runs'), data: [join(stateFolder, 'data')] }),
};

export function masterJsonSchema(): object {
  const schema = z.toJSONSchema(masterSettingsSchema, { io: 'input', unrepresentable: 'any' });
  return { title: 'RingTMP master file', ...schema };
}
