// Turns a zod failure into what a person can act on: the path, the value, what is allowed, and for an
// unknown key the nearest known one.

import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { ConfigurationError } from '../errors.js';
import { shown } from './shown.js';

/** What crosses the fleet was written by a program: it is another version's where it does not fit. */
const SAME_VERSION = 'Run the same version of RingTMP on all computers of the fleet.';

/**
 * @param remedy for what a person wrote: where it is told what may be written
 * @throws ConfigurationError that lists every fault of `value`, each with its path
 */
export function validate<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  value: unknown,
  remedy = SAME_VERSION,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => describe(issue, schema, value));
  throw new ConfigurationError(`${what}: ${faults.join('; ')}`, { remedy, cause: result.error });
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, root: unknown): string[] {
  const path = issue.path.map(String);
  const meant = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined;
  if (meant) return meant.flatMap((each) => describe({ ...each, path: [...issue.path, ...each.path] }, schema, root));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, schema, root));
  const where = path.length === 0 ? 'the whole' : path.join('.');
  const input = at(root, path);
  if (input === undefined) return [`${where} is missing: ${issue.message}`];
  return [`${where}: got ${shown(input)}: ${issue.message}`];
}

/** Of a union the branch that the value may mean: the only one whose faults are all within the value. */
function meantBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const within = branches.filter((branch) => branch.every(({ path }) => path.length > 0));
  return within.length === 1 ? within[0] : undefined;
}

function unknownKey(path: string[], key: string, schema: z.ZodType, root: unknown): string {
  const known = knownKeys(schema, path, root);
  const nearest = known.length > 0 ? closest(key, known) : undefined;
  const hint = nearest !== undefined && distance(key, nearest) <= 3 ? `, did you mean "${nearest}"?` : '';
  return `${[...path, key].join('.')} is not a known key${hint} (allowed: ${known.join(', ')})`;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value);
}

interface JsonSchema {
  readonly const?: unknown;
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The keys allowed at a path of this value: read off the published JSON schema. */
function knownKeys(schema: z.ZodType, path: string[], root: unknown): string[] {
  const published = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  let nodes = alternatives(published, root);
  path.forEach((step, depth) => {
    const value = at(root, path.slice(0, depth + 1));
    nodes = nodes.flatMap((node) => {
      const child = node.properties?.[step] ?? (/^\d+$/.test(step) ? node.items : undefined) ?? inRecord(node);
      return child ? alternatives(child, value) : [];
    });
  });
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** What a record holds, under whatever key. */
function inRecord({ additionalProperties }: JsonSchema): JsonSchema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The branches of a union that this value may mean: those whose constants it bears. */
function alternatives(node: JsonSchema, value: unknown): JsonSchema[] {
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  if (branches.length === 0) return bearsConstants(node, value) ? [node] : [];
  return branches.flatMap((branch) => alternatives(branch, value));
}

function bearsConstants(node: JsonSchema, value: unknown): boolean {
  return Object.entries(node.properties ?? {}).every(
    ([key, { const: constant }]) => constant === undefined || at(value, [key]) === constant,
  );
}
