// Emulated boards on the command line: a profile by its name or from a file of one's own, and the time dilation.

import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigurationError } from '../errors.js';
import type { BoardProfile } from '../hardware/board-profile.js';
import { BOARD_PROFILES } from '../hardware/board-profiles.js';
import type { ProfileEmulation } from '../node/emulation.js';
import { boardProfileSchema } from '../protocol/board-profile.js';
import { validate } from '../protocol/validation.js';
import { parseYaml } from './yaml.js';

export interface ProfileOptions {
  readonly profile?: string;
  readonly dilation?: number;
}

const NAMES = [...BOARD_PROFILES.keys()].join(', ');
const PROFILE_REMEDY = `Use one of ${NAMES}, or a YAML file with the keys ${Object.keys(boardProfileSchema.shape).join(', ')}.`;

export function withProfile(command: Command, what = 'emulate this board'): Command {
  return command
    .option('--profile <name|file>', `${what}: ${NAMES}, or a YAML file with the figures of another`)
    .addOption(dilationOption());
}

/** Also where several boards have a profile each. */
export function dilationOption(): Option {
  return new Option(
    '--dilation <factor>',
    'under a profile: multiplies all times, for a computer too slow to keep up; what is reported is divided by it',
  ).argParser(factor);
}

function factor(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0, such as 2.');
}

/** @throws ConfigurationError when there is no such profile, a file is none, or a dilation stands alone */
export function emulationOf({ profile, dilation }: ProfileOptions): ProfileEmulation | undefined {
  if (profile !== undefined) return { profile: readProfile(profile), dilation: dilation ?? 1 };
  if (dilation === undefined) return undefined;
  throw new ConfigurationError('--dilation is for emulated boards', {
    remedy: `Name what to emulate, too: --profile ${NAMES.replaceAll(', ', '|')}.`,
  });
}

export function readProfile(nameOrFile: string): BoardProfile {
  const known = BOARD_PROFILES.get(nameOrFile);
  if (known) return known;
  const text = readText(nameOrFile);
  const what = `profile ${nameOrFile}`;
  return validate(what, boardProfileSchema.strict(), parseYaml(what, text), PROFILE_REMEDY);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`there is no profile ${path}, and no such file: ${(cause as Error).message}`, {
      remedy: PROFILE_REMEDY,
      cause,
    });
  }
}
