/**
 * JSON for reading: whatever fits into a line stands in one, the rest is indented by two. Parses to the same value as
 * `JSON.stringify(value)`.
 */
export function compactJson(value: unknown, width = 110, indent = ''): string {
  const flat = oneLine(value);
  if (indent.length + flat.length <= width || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  const body = Array.isArray(value)
    ? value.map((item) => inner + compactJson(item, width, inner))
    : entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${compactJson(item, width, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${body.join(',\n')}\n${indent}${close}`;
}

const entries = (value: object): [string, unknown][] => Object.entries(value).filter(([, item]) => item !== undefined);

function oneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const parts = entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
