import type { Level } from '../../contract/studies/levels.ts';

/** What a level is called: its own name, or its value in short: `sgd-0.1`, `mlp-500x500`, `none`. */
export const levelName = ({ name, value }: Level): string => name ?? valueName(value);

function valueName(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueName).join('x');
  if (typeof value !== 'object') return String(value);
  // In one order however the keys are written: a stored declaration has them sorted.
  const { kind, ...others } = value as Record<string, unknown>;
  const sorted = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = [...(kind === undefined ? [] : [kind]), ...sorted.map(([, part]) => part)].map(valueName);
  return parts.length === 0 ? 'yes' : parts.join('-');
}
