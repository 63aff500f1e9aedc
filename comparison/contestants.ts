// Who takes part: a name and what it changes in the run file. Everything else of a run, its data, model and
// seed, is the same for all, so that only the architecture differs.

import { ConfigurationError } from '../errors.js';
import { MODES, type Mode, RUN_FILE_REMEDY, type RunSpec, runSpecSchema } from '../protocol/run-spec.js';
import { validate } from '../protocol/validation.js';

export interface Variant {
  readonly name: string;
  /** As a report names it. */
  readonly title: string;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** A variant with the run that it makes of the run file. */
export interface Contestant extends Pick<Variant, 'name' | 'title'> {
  readonly mode: Mode;
  readonly spec: RunSpec;
}

const PLAIN_STAR = { consistency: 'bsp', localSteps: 1, filter: { type: 'none' } };

function ring(name: string, title: string, schedule: 'sync' | 'async'): Variant {
  return { name, title, overrides: { mode: 'ring', training: { schedule } } };
}

function star(name: string, title: string, more: object = {}): Variant {
  return { name, title, overrides: { mode: 'star', star: { ...PLAIN_STAR, ...more } } };
}

/** Those of the paper; whoever wants other figures in them writes a file. */
export const KNOWN_VARIANTS: readonly Variant[] = [
  ring('ring', 'ring, sync', 'sync'),
  ring('ring-async', 'ring, async', 'async'),
  star('star', 'star, waits for all'),
  star('star-ssp', 'star, bounded delay', { consistency: 'ssp' }),
  star('star-asp', 'star, waits for nobody', { consistency: 'asp' }),
  star('star-topk', 'star, largest tenth of each gradient', { filter: { type: 'topK', share: 0.1 } }),
  star('star-average', 'star, average after 8 local steps', { localSteps: 8 }),
  star('star-asp-average', 'star, waits for nobody, 16 local steps', { consistency: 'asp', localSteps: 16 }),
];

/** The star that sends and waits the least is among them: a ring that beats only the others has shown little. */
export const DEFAULT_VARIANTS = ['ring', 'star', 'ring-async', 'star-ssp', 'star-asp-average'] as const;
/** Against each other whatever else takes part: the same mathematics in both. */
export const PLAIN = { ring: 'ring', star: 'star' } as const;

/**
 * @param names in the order in which they are to run
 * @param own variants of the user's file, by name; they come before known ones of the same name
 * @throws ConfigurationError for an unknown or repeated name
 */
export function variantsNamed(names: readonly string[], own: readonly Variant[] = []): Variant[] {
  const all = [...own, ...KNOWN_VARIANTS];
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw new ConfigurationError(`the variant ${repeated} is named twice`);
  return names.map((name) => all.find((each) => each.name === name) ?? unknown(name, all));
}

function unknown(name: string, all: readonly Variant[]): never {
  throw new ConfigurationError(`there is no variant ${JSON.stringify(name)}`, {
    remedy: `Known are ${[...new Set(all.map((each) => each.name))].join(', ')}; a YAML file may define others.`,
  });
}

/** What a contestant may have of its own: how it trains, never what. The comparison itself says the rest. */
const OWN = ['mode', 'star', 'wire', 'optimizer', 'masterStage', 'training.schedule', 'training.microBatches'];

/** @throws ConfigurationError that names the variant and the path of what it may not say */
export function contestantOf({ name, title, overrides }: Variant, base: RunSpec): Contestant {
  const spec = validate(`variant ${name}`, runSpecSchema, merged(base, overrides), RUN_FILE_REMEDY);
  const foreign = pathsOf(overrides).find((path) => !OWN.includes(path));
  if (foreign !== undefined) {
    throw new ConfigurationError(`variant ${name}: ${foreign} must be the same for all contestants`, {
      remedy: `A variant may set ${OWN.join(', ')}; what all share is in the run file.`,
    });
  }
  checkPlain(name, spec);
  return { name, title, mode: spec.mode, spec };
}

/** Whatever the file of the user calls so stands for its kind in the report. */
function checkPlain(name: string, { mode }: RunSpec): void {
  const expected = MODES.find((each) => PLAIN[each] === name);
  if (expected === undefined || mode === expected) return;
  throw new ConfigurationError(`variant ${name} has mode ${mode}: the name ${name} is that of the plain ${expected}`, {
    remedy: 'Give the variant another name.',
  });
}

/** `mode`, and of `training` what is below it. */
function pathsOf(overrides: Variant['overrides']): string[] {
  return Object.entries(overrides).flatMap(([key, value]) => {
    return key === 'training' && isObject(value) ? Object.keys(value).map((below) => `training.${below}`) : [key];
  });
}

/** Keys below keys; what has another `type` is another thing, of which no key may stay. */
function merged(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  if ('type' in over && over.type !== base.type) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, key in over ? merged(base[key], over[key]) : base[key]]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
