import type { Change } from './mutants.ts';

/** The last of these words before a comparison says whether it decides which rows are meant. */
const clause = /\b(WHERE|ON|HAVING|AND|OR|WHEN|NOT|SELECT|SET|VALUES|FROM|CHECK)\b/g;
const deciding = new Set(['WHERE', 'ON', 'HAVING', 'AND', 'OR', 'WHEN', 'NOT', 'SELECT', 'CHECK', '']);

/** A pattern and what replaces it, or nothing where the text before it gives it another meaning. */
type Rule = [pattern: RegExp, replacement: (found: string, before: string) => string | undefined];

const comparison: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '=': '!=',
  '==': '!=',
  '!=': '=',
  '<>': '=',
  IS: 'IS NOT',
  'IS NOT': 'IS',
};

const rules: Rule[] = [
  [/\bAND\b/g, (_, before) => (/\bBETWEEN\s+\S+\s+$/.test(before) ? undefined : 'OR')],
  [/\bOR\b/g, (_, before) => (/\b(INSERT|UPDATE|CREATE)\s+$/.test(before) ? undefined : 'AND')],
  [
    /<=|>=|<>|!=|==|(?<![-<>])[<>]|=|\bIS NOT\b|\bIS\b/g,
    (found, before) => (deciding.has([...before.matchAll(clause)].at(-1)?.[0] ?? '') ? comparison[found] : undefined),
  ],
  [/\bDESC\b/g, () => 'ASC'],
  [/\bASC\b/g, () => 'DESC'],
  [/\bLEFT JOIN\b/g, () => 'JOIN'],
  [/\bMIN(?=\()/gi, () => 'MAX'],
  [/\bMAX(?=\()/gi, () => 'MIN'],
  [/\bNOT (?=IN\b|EXISTS\b|LIKE\b|BETWEEN\b)/g, () => ''],
  [/\bDISTINCT /g, () => ''],
  [/\bUNION ALL\b/g, () => 'UNION'],
  [/\bOR IGNORE\b/g, () => 'OR REPLACE'],
  [/(?<= )[+](?= )/g, () => '-'],
  [/(?<= )-(?= )/g, () => '+'],
  [/(?<= )\*(?= )/g, () => '/'],
  [/(?<= )\/(?= )/g, () => '*'],
  // What `SELECT 1` gives is never read.
  [/(?<![\w?@:.$]|SELECT )\d+(?![\w.])/g, (found) => (found === '1' ? '0' : String(Number(found) + 1))],
];

/** Faults in the SQL of a string of source text, from `start` to `end`. */
export function sqlChanges(text: string, start: number, end: number): Change[] {
  // Names, texts, comments and expressions in `${}` keep their length and lose their content.
  const blank = (found: string) => ' '.repeat(found.length);
  const sql = text
    .slice(start, end)
    .replace(/\$\{[^}]*\}/g, (found) => '_'.repeat(found.length))
    .replace(/--[^\n]*/g, blank)
    .replace(/(?<=^.+)'[^'\n]*'/gs, (found) => '_'.repeat(found.length));
  const changes: Change[] = [];
  for (const [pattern, replace] of rules) {
    for (const match of sql.matchAll(pattern)) {
      const replacement = replace(match[0].toUpperCase(), sql.slice(0, match.index));
      if (replacement === undefined) continue;
      const from = start + match.index;
      changes.push({ start: from, end: from + match[0].length, replacement });
    }
  }
  return changes;
}
