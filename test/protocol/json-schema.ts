// The part of JSON Schema that the published run schema uses, so that what it says can be held against
// what the schema behind it does. An unknown keyword is an error: it would check nothing.

type Json = Readonly<Record<string, unknown>>;

const ANNOTATIONS = ['title', '$schema', 'default', 'description'];

const CHECKS: Readonly<Record<string, (rule: never, value: never, schema: Json) => boolean>> = {
  type: (rule: string, value: unknown) => hasType(rule, value),
  const: (rule: unknown, value: unknown) => value === rule,
  enum: (rule: unknown[], value: unknown) => rule.includes(value),
  oneOf: (rule: Json[], value: unknown) => rule.filter((branch) => accepts(branch, value)).length === 1,
  anyOf: (rule: Json[], value: unknown) => rule.some((branch) => accepts(branch, value)),
  properties: (rule: Record<string, Json>, value: Json) =>
    Object.entries(rule).every(([key, inner]) => value[key] === undefined || accepts(inner, value[key])),
  required: (rule: string[], value: Json) => rule.every((key) => value[key] !== undefined),
  additionalProperties: (rule: boolean, value: Json, { properties }) =>
    rule || Object.keys(value).every((key) => key in (properties as Json)),
  items: (rule: Json, value: unknown[]) => value.every((item) => accepts(rule, item)),
  minItems: (rule: number, value: unknown[]) => value.length >= rule,
  minLength: (rule: number, value: string) => value.length >= rule,
  pattern: (rule: string, value: string) => new RegExp(rule).test(value),
  minimum: (rule: number, value: number) => value >= rule,
  maximum: (rule: number, value: number) => value <= rule,
  exclusiveMinimum: (rule: number, value: number) => value > rule,
  exclusiveMaximum: (rule: number, value: number) => value < rule,
};

export function accepts(schema: Json, value: unknown): boolean {
  if (typeof schema.type === 'string' && !hasType(schema.type, value)) return false;
  return Object.entries(schema).every(([keyword, rule]) => {
    if (ANNOTATIONS.includes(keyword)) return true;
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the keyword ${keyword} is not checked`);
    return check(rule as never, value as never, schema);
  });
}

function hasType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
