import { createHash } from 'node:crypto';
import { parseSync } from 'vite';
import { sqlChanges } from './sql.ts';

/** One small fault in one file. */
export interface Mutant {
  /** Path from the root of the project, with `/`. */
  file: string;
  /** Position in the file, as UTF-16 units. */
  start: number;
  end: number;
  replacement: string;
  /** From 1. */
  line: number;
  /** The changed line without and with the fault, without the white space around them. */
  before: string;
  after: string;
}

/** A replacement of the text between two positions. */
export interface Change {
  start: number;
  end: number;
  replacement: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

const operators: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '&': '|',
  '|': '&',
  '^': '&',
  '<<': '>>',
  '>>': '<<',
  '>>>': '<<',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '++': '--',
  '--': '++',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '&&=': '||=',
  '||=': '&&=',
  '??=': '&&=',
};

const methods: ReadonlyMap<string, string> = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
  ['round', 'floor'],
  ['some', 'every'],
  ['every', 'some'],
]);

/** All mutants of a TypeScript file, in the order of their positions. @throws Error if the text cannot be parsed */
export function mutantsOf(file: string, text: string): Mutant[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const changes: Change[] = [];
  visit(program as unknown as Node, text, changes);
  return changes.sort((a, b) => a.start - b.start).map((change) => describe(file, text, change));
}

/** The text with the fault. */
export const mutated = (text: string, { start, end, replacement }: Change): string =>
  text.slice(0, start) + replacement + text.slice(end);

/** Shuffles by seed. Mutants of lines that did not change keep their order among themselves. */
export function shuffled(mutants: readonly Mutant[], seed: number): Mutant[] {
  const seen = new Map<string, number>();
  const keyed = mutants.map((mutant) => {
    const name = [seed, mutant.file, mutant.before, mutant.after].join('\n');
    const copy = seen.get(name) ?? 0;
    seen.set(name, copy + 1);
    return { mutant, key: createHash('sha256').update(`${name}\n${copy}`).digest('hex') };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ mutant }) => mutant);
}

function describe(file: string, text: string, change: Change): Mutant {
  const from = text.lastIndexOf('\n', change.start - 1) + 1;
  const next = text.indexOf('\n', change.end);
  const to = next < 0 ? text.length : next;
  const before = text.slice(from, to);
  const after = mutated(before, { ...change, start: change.start - from, end: change.end - from });
  const line = text.slice(0, from).split('\n').length;
  return { file, ...change, line, before: before.trim(), after: after.trim() };
}

/** Expressions whose types say nothing at run time. */
const wrappers = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

function visit(node: Node, text: string, changes: Change[]): void {
  if (node.type.startsWith('TS') && !wrappers.has(node.type)) return;
  if (node.type.startsWith('Import')) return;
  changes.push(...changesOf(node, text));
  if (isSql(node, text)) changes.push(...sqlChanges(text, node.start, node.end));
  for (const [key, value] of Object.entries(node)) {
    if (key === 'typeAnnotation' || key === 'typeArguments') continue;
    if (key === 'key' && node.computed !== true) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, text, changes);
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

function changesOf(node: Node, text: string): Change[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression': {
      const operator = String(node.operator);
      const replacement = operators[operator];
      const [left, right] = [node.left, node.right];
      if (!replacement || !isNode(left) || !isNode(right)) return [];
      if (operator.startsWith('+') && (isText(left) || isText(right))) return [];
      const start = text.indexOf(operator, left.end);
      return start < right.start ? [{ start, end: start + operator.length, replacement }] : [];
    }
    case 'UpdateExpression': {
      const operator = String(node.operator);
      const start = node.prefix ? node.start : node.end - operator.length;
      return [{ start, end: start + operator.length, replacement: operators[operator] ?? operator }];
    }
    case 'UnaryExpression':
      if (node.operator !== '!' && node.operator !== '-') return [];
      return [{ start: node.start, end: node.start + 1, replacement: '' }];
    case 'Literal':
      return literalChanges(node);
    case 'ConditionalExpression': {
      const { test } = node;
      // A comparison is changed by its operator.
      if (!isNode(test) || test.type.endsWith('Expression')) return [];
      return [{ start: test.start, end: test.start, replacement: '!' }];
    }
    case 'BreakStatement':
    case 'ContinueStatement': {
      if (isNode(node.label)) return [];
      const [from, to] = node.type === 'BreakStatement' ? ['break', 'continue'] : ['continue', 'break'];
      return [{ start: node.start, end: node.start + from.length, replacement: to }];
    }
    case 'MemberExpression': {
      const { property } = node;
      const replacement = isNode(property) && !node.computed ? methods.get(String(property.name)) : undefined;
      return replacement && isNode(property) ? [{ start: property.start, end: property.end, replacement }] : [];
    }
    default:
      return [];
  }
}

function literalChanges(node: Node): Change[] {
  const { start, end, value } = node;
  if (typeof value === 'boolean') return [{ start, end, replacement: String(!value) }];
  if (typeof value === 'bigint') return [{ start, end, replacement: `${value + 1n}n` }];
  if (typeof value !== 'number') return [];
  // Beside very small and very large numbers, 1 is no fault. 1 becomes 0, because both are bounds and flags.
  const doubled = value !== 0 && (Math.abs(value) < 1 || Math.abs(value) > 10_000);
  return [{ start, end, replacement: String(doubled ? value * 2 : value === 1 ? 0 : value + 1) }];
}

/** Whether `+` with this operand joins strings. */
function isText(node: Node): boolean {
  if (node.type === 'TemplateLiteral') return true;
  if (node.type === 'Literal') return typeof node.value === 'string';
  return (
    node.type === 'BinaryExpression' && [node.left, node.right].some((operand) => isNode(operand) && isText(operand))
  );
}

const sqlWords = /\b(SELECT|INSERT INTO|INSERT OR|UPDATE|DELETE FROM|FROM|WHERE|ORDER BY|JOIN|CREATE|ALTER TABLE)\b/;

function isSql(node: Node, text: string): boolean {
  const literal = node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
  return literal && sqlWords.test(text.slice(node.start, node.end));
}
