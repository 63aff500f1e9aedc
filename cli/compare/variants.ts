// Which contestants `--variants` names: known ones, and those of a YAML file, each with what it changes.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DEFAULT_VARIANTS, type Variant, variantsNamed } from '../../comparison/contestants.js';
import { ConfigurationError } from '../../errors.js';
import { NAME_PATTERN } from '../../protocol/topics.js';
import { validate } from '../../protocol/validation.js';
import { parseRunFile } from '../run-file.js';

const fileSchema = z.record(
  z.string().regex(NAME_PATTERN, '1 to 63 lower-case letters, digits, "-" or "_"'),
  z.record(z.string(), z.unknown()),
);

/** @param asked names and files, by commas; a file stands for all that it defines */
export async function readVariants(asked: string = DEFAULT_VARIANTS.join(',')): Promise<Variant[]> {
  const words = asked.split(',').map((word) => word.trim());
  const own: Variant[] = [];
  const names: string[] = [];
  for (const word of words) {
    const defined = isFile(word) ? await readVariantFile(word) : [];
    own.push(...defined);
    names.push(...(isFile(word) ? defined.map(({ name }) => name) : [word]));
  }
  return variantsNamed(names, own);
}

function isFile(word: string): boolean {
  return /\.(ya?ml|json)$/.test(word);
}

const VARIANTS_REMEDY = 'Name a YAML file such as `narrow-ring: { mode: ring, wire: { activations: f16 } }`.';

async function readVariantFile(path: string): Promise<Variant[]> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new ConfigurationError(`cannot read the variants in ${path}: ${cause.message}`, {
      remedy: VARIANTS_REMEDY,
      cause,
    });
  });
  const variants = validate(`variants ${path}`, fileSchema, parseRunFile(path, text), VARIANTS_REMEDY);
  return Object.entries(variants).map(([name, overrides]) => ({ name, title: JSON.stringify(overrides), overrides }));
}
