import fc from 'fast-check';
import type { RandomStream } from '../../main/domain/random/random.ts';

/** The parts of JSON Schema that zod writes. */
export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}

/** Values that occur in the data folder, by the name of the property that takes them. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

const pick = <T>(random: RandomStream, items: readonly T[]): T | undefined => items[random.int(items.length)];

/** A value that a schema accepts, as far as JSON Schema says; known values where the pool has some. */
export function valid(schema: JsonSchema, random: RandomStream, pool: Pool, key = '', root = schema): unknown {
  const known = pool[key];
  if (known && known.length > 0 && random.int(10) < 8) return pick(random, known);
  if (schema.$ref) return valid(root.$defs?.[schema.$ref.replace(/^.*\//, '')] ?? {}, random, pool, key, root);
  if ('const' in schema) return schema.const;
  if (schema.enum) return pick(random, schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return valid(pick(random, options) ?? {}, random, pool, key, root);
  if (schema.allOf?.[0]) return valid(schema.allOf[0], random, pool, key, root);
  switch (schema.type) {
    case 'object':
      return validObject(schema, random, pool, root);
    case 'array':
      return validArray(schema, random, pool, key, root);
    case 'string':
      return validString(schema, random);
    case 'integer':
    case 'number':
      return validNumber(schema, random);
    case 'boolean':
      return random.int(2) === 0;
    default:
      return null;
  }
}

function validObject(schema: JsonSchema, random: RandomStream, pool: Pool, root: JsonSchema): object {
  const entries = Object.entries(schema.properties ?? {})
    .filter(([name]) => schema.required?.includes(name) || random.int(3) > 0)
    .map(([name, each]) => [name, valid(each, random, pool, name, root)]);
  return Object.fromEntries(entries) as object;
}

function validArray(schema: JsonSchema, random: RandomStream, pool: Pool, key: string, root: JsonSchema): unknown[] {
  if (schema.prefixItems) return schema.prefixItems.map((each) => valid(each, random, pool, key, root));
  const min = schema.minItems ?? 0;
  const count = Math.min(schema.maxItems ?? 100, min + random.int(random.int(12) === 0 ? 60 : 4));
  return Array.from({ length: count }, () => valid(schema.items ?? {}, random, pool, key, root));
}

function validString(schema: JsonSchema, random: RandomStream): string {
  const hex = (count: number): string => Array.from({ length: count }, () => random.int(16).toString(16)).join('');
  if (schema.format === 'uuid') return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  if (schema.format === 'date-time') return new Date(random.int(2 ** 31) * 1000).toISOString();
  if (schema.pattern) {
    const seed = random.int(2 ** 31);
    return fc.sample(fc.stringMatching(new RegExp(schema.pattern)), { numRuns: 1, seed })[0] ?? '';
  }
  const min = schema.minLength ?? 0;
  const count = Math.min(schema.maxLength ?? 1000, min + random.int(20));
  const letters = 'abcXYZ019 .-_äß漢💥\u202e"\'<&\\/%\n';
  return Array.from({ length: count }, () => letters.charAt(random.int(letters.length))).join('');
}

function validNumber(schema: JsonSchema, random: RandomStream): number {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? -1000;
  const high = schema.maximum ?? schema.exclusiveMaximum ?? Math.max(1000, low + 1000);
  const isWhole = schema.type === 'integer';
  if (random.int(6) === 0) return pick(random, [low, high]) ?? low;
  // Small ones name what exists, more often than large ones.
  const span = Math.min(high - low, pick(random, [3, 30, 3000, high - low]) ?? 3);
  const drawn = low + random.float() * span;
  return isWhole ? Math.min(high, Math.max(Math.ceil(low), Math.floor(drawn))) : drawn;
}

const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

/** What no schema expects; some are no JSON and cross as the transport's own types. */
const hostile: readonly ((random: RandomStream) => unknown)[] = [
  () => null,
  () => undefined,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => -1,
  () => 2 ** 53,
  () => 1e308,
  () => -0,
  () => 0.5,
  () => '',
  () => ' ',
  () => '\u0000',
  () => '\ud800',
  () => '../../../etc/passwd',
  () => '__proto__',
  () => 'CON',
  () => "'; DROP TABLE study; --",
  (random) => 'x'.repeat(10 ** (2 + random.int(4))),
  () => '💥'.repeat(5000),
  (random) => deep(2 ** (1 + random.int(12))),
  () => [],
  () => ({}),
  () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
  () => ({ length: 1e9 }),
  () => ({ toString: 1, valueOf: 2 }),
  (random) => Array.from({ length: 10 ** (1 + random.int(5)) }, () => 0),
  () => new Date(Number.NaN),
  () => 10n ** 40n,
  () => new Map([['a', new Set([1])]]),
  () => /(a+)+$/,
  () => new URL('http://127.0.0.1/'),
  () => true,
];

/** The value with one of its parts replaced, removed or added. */
export function nearlyValid(value: unknown, random: RandomStream): unknown {
  if (typeof value !== 'object' || value === null || random.int(6) === 0) {
    return (pick(random, hostile) ?? (() => null))(random);
  }
  const keys = Object.keys(value);
  const key = pick(random, keys);
  if (Array.isArray(value)) {
    const index = random.int(value.length + 1);
    return [...value.slice(0, index), nearlyValid(value[index], random), ...value.slice(index + random.int(2))];
  }
  const copy: Record<string, unknown> = { ...value };
  const way = random.int(8);
  if (way === 0 || key === undefined) copy[pick(random, ['extra', 'constructor', 'toString', '0', 'id']) ?? ''] = 1;
  else if (way === 1) delete copy[key];
  else copy[key] = nearlyValid(copy[key], random);
  return copy;
}
