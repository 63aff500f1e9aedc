// The keys of a board's file, /etc/ringtmp/agent.yaml: the options of `ringtmp agent`, and what hangs on its pins.
// There is none for a password: whoever may read the settings need not be able to log in as the board.

import { z } from 'zod';
import { lightsSchema } from '../../hardware/lights/settings.js';
import { powerModelSchema, sampleHzSchema, sensorSchema } from '../../hardware/power/settings.js';
import { MAX_PORT, parseAddress } from '../../protocol/link-address.js';
import { NAME_PATTERN } from '../../protocol/topics.js';
import { LOG_LEVELS } from '../options.js';
import { ENGINE_CHOICES, MOST_MEMORY_MIB, MOST_THREADS } from '../resources.js';

export const nameSchema = z.string().regex(NAME_PATTERN, '1 to 63 lower-case letters, digits, "-" or "_"');

const text = z.string().min(1, 'must not be empty');

const address = z
  .string()
  .refine((value) => parseAddress(value) !== null, 'a host name or an address, with or without a port: 10.0.0.7:1884');

export const agentSettingsSchema = z.strictObject({
  /** For editors of JSON. */
  $schema: z.string().optional(),
  id: nameSchema.optional().meta({ description: 'the name of the board; the name of its host unless told' }),
  // What is wrong with a URL is not said here: it may hold a password, which no message may show (agent-file.ts).
  broker: z
    .string()
    .optional()
    .meta({ description: 'mqtt://host:1883, or mqtts://, ws://, wss://; without a password' }),
  fleet: nameSchema.optional().meta({ description: 'the fleet; home unless told' }),
  passwordFile: text.optional().meta({ description: 'holds the password; its owner alone may read it (mode 0600)' }),
  engine: z.enum(ENGINE_CHOICES).optional().meta({ description: 'the only one that it offers to runs' }),
  memory: z
    .int()
    .min(1)
    .max(MOST_MEMORY_MIB)
    .optional()
    .meta({ description: 'MiB that a stage may take; half of the board unless told' }),
  blas: text.optional().meta({ description: 'the library of the engine blas' }),
  blasThreads: z.int().min(1).max(MOST_THREADS).optional().meta({ description: 'threads of each of its products' }),
  data: z
    .union([text, z.array(text)], 'a folder, or a list of folders')
    .optional()
    .meta({ description: "where runs may read this board's own data" }),
  snapshots: text.optional().meta({ description: 'where the snapshots of runs are kept, from which they go on' }),
  linkPort: z.int().min(0).max(MAX_PORT).optional().meta({ description: 'for direct links; 0 takes any free one' }),
  linkAddress: address.optional().meta({ description: 'how neighbours reach it, such as from behind a router' }),
  direct: z.boolean().optional().meta({ description: 'whether it takes direct links' }),
  logLevel: z.enum(LOG_LEVELS).optional(),
  sensor: sensorSchema.optional().meta({ description: 'the power sensor' }),
  sampleHz: sampleHzSchema.optional().meta({ description: 'how often it is read in a second' }),
  lights: lightsSchema.optional().meta({ description: 'the lights that show its state' }),
  power: powerModelSchema
    .optional()
    .meta({ description: 'what the board is taken to draw where no sensor measures it' }),
});

export type AgentSettings = z.output<typeof agentSettingsSchema>;

/** What hangs on the board's pins, which no option of the command line names. */
export type PinSettings = Pick<AgentSettings, 'sensor' | 'sampleHz' | 'lights' | 'power'>;

/** For editors: `# yaml-language-server: $schema=...` on the first line of a file. */
export function agentJsonSchema(): object {
  return {
    title: 'RingTMP agent file',
    ...z.toJSONSchema(agentSettingsSchema, { io: 'input', unrepresentable: 'any' }),
  };
}
