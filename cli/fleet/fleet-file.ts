// The fleet file on the operator's machine: which boards there are, and what each is told. People may edit it, so what
// the commands change leaves their comments alone. Passwords lie in a folder beside it, for their owner's eyes only.

import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../../errors.js';
import { validate } from '../../protocol/validation.js';
import { type AgentSettings, agentSettingsSchema, nameSchema } from '../config/agent-settings.js';
import { checkBroker, withRemedy } from '../config/settings-file.js';
import { isOnThisMachine } from '../run-file.js';
import { parseYaml } from '../yaml.js';

/** What differs from board to board, or may. */
export const boardSettingsSchema = agentSettingsSchema.omit({
  $schema: true,
  id: true,
  broker: true,
  fleet: true,
  passwordFile: true,
});
export type BoardSettings = z.output<typeof boardSettingsSchema>;

export const fleetFileSchema = z.strictObject({
  /** For editors of JSON. */
  $schema: z.string().optional(),
  fleet: nameSchema.default('home'),
  broker: z.string().meta({ description: 'as the boards reach it: mqtt://host:1883; without a password' }),
  credentials: z
    .string()
    .min(1)
    .default('credentials.json')
    .meta({ description: 'who may connect to the broker, which holds hashes only; the path starts from this file' }),
  defaults: boardSettingsSchema.nullable().default({}).meta({ description: 'what all boards are told' }),
  boards: z
    .record(nameSchema, boardSettingsSchema.nullable())
    .nullable()
    .default({})
    .meta({ description: 'the boards by their names, and what each is told besides' }),
});

export interface Fleet {
  readonly path: string;
  /** As it stands there. */
  readonly text: string;
  readonly fleet: string;
  readonly broker: string;
  /** The path of the broker's file. */
  readonly credentials: string;
  readonly defaults: BoardSettings;
  readonly boards: ReadonlyMap<string, BoardSettings>;
}

export async function readFleet(path: string): Promise<Fleet> {
  return parseFleet(path, await textOf(path));
}

/** @throws ConfigurationError that lists all that is wrong with it */
export function parseFleet(path: string, text: string): Fleet {
  const what = `fleet file ${path}`;
  const remedy = `Correct ${path}: \`ringtmp schema fleet\` tells what is allowed.`;
  const { fleet, broker, credentials, defaults, boards } = withRemedy(remedy, () =>
    validate(what, fleetFileSchema, parseYaml(what, text), remedy),
  );
  checkBroker(what, broker);
  checkReach(what, broker);
  return {
    path,
    text,
    fleet,
    broker,
    credentials: resolve(dirname(path), credentials),
    defaults: defaults ?? {},
    boards: new Map(Object.entries(boards ?? {}).map(([id, settings]) => [id, settings ?? {}])),
  };
}

/** What a board is told. */
export function settingsOf({ path, fleet, broker, defaults, boards }: Fleet, id: string): AgentSettings {
  const own = boards.get(id);
  if (own !== undefined) return { id, broker, fleet, ...defaults, ...own };
  throw new ConfigurationError(`there is no board ${JSON.stringify(id)} in ${path}`, {
    remedy: `It has: ${[...boards.keys()].join(', ') || 'none yet'}. Add it with \`ringtmp fleet add ${id}\`.`,
  });
}

/** `fleet.yaml` has its passwords in `fleet.keys`. */
export function keysFolderOf(path: string): string {
  return join(dirname(path), `${basename(path).replace(/\.(ya?ml|json)$/, '')}.keys`);
}

export function keyFileOf({ path }: Pick<Fleet, 'path'>, id: string): string {
  return join(keysFolderOf(path), `${id}.key`);
}

/** For editors: `# yaml-language-server: $schema=...` on the first line of a file. */
export function fleetJsonSchema(): object {
  return { title: 'RingTMP fleet file', ...z.toJSONSchema(fleetFileSchema, { io: 'input', unrepresentable: 'any' }) };
}

function checkReach(what: string, broker: string): void {
  if (!isOnThisMachine(broker)) return;
  throw new ConfigurationError(`${what}: broker: on a board, ${broker} is the board itself`, {
    remedy: "Name the broker as the boards reach it, by its machine's name or address: mqtt://10.0.0.2.",
  });
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isMissing ? `there is no fleet file ${path}` : `cannot read ${path}: ${(cause as Error).message}`;
    throw new ConfigurationError(message, {
      remedy: 'Make one with `ringtmp fleet init --broker <url>`, or name another with --file.',
      cause,
    });
  }
}
