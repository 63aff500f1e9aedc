// A board's file, /etc/ringtmp/agent.yaml: what `ringtmp flash` brings, and `ringtmp agent` and `ringtmp doctor` read.

import { join } from 'node:path';
import { type AgentSettings, agentSettingsSchema } from './agent-settings.js';
import { parseSettings, readSettings, SETTINGS_FOLDER, type SettingsKind } from './settings-file.js';

/** Where a board has its settings, and beside them its password. */
export const AGENT_FILE = join(SETTINGS_FOLDER, 'agent.yaml');
export const KEY_NAME = 'agent.key';

export const AGENT: SettingsKind<AgentSettings> = {
  service: 'agent',
  usualFile: AGENT_FILE,
  variable: 'RINGTMP_CONFIG',
  keyName: KEY_NAME,
  schema: agentSettingsSchema,
  paths: ['passwordFile', 'data', 'snapshots'],
  inService: (stateFolder) => ({ snapshots: join(stateFolder, 'snapshots') }),
};

/** @returns null when there is no such file */
export function readAgentFile(path: string): Promise<AgentSettings | null> {
  return readSettings(AGENT, path);
}

/** @throws ConfigurationError that lists all that is wrong with it */
export function parseAgentSettings(what: string, text: string, remedy?: string): AgentSettings {
  return parseSettings(AGENT, what, text, remedy);
}
