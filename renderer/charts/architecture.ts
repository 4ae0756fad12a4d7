import { at } from '../../main/domain/numbers/arrays.ts';
import { architectureColor } from '../ui/words/badges.tsx';
import { dashes } from './series.ts';

const tints = [
  (color: string) => color,
  (color: string) => `color-mix(in srgb, ${color} 60%, var(--ink))`,
  (color: string) => `color-mix(in srgb, ${color} 60%, var(--surface))`,
] as const;

/** One of very many lines: its hue; lightness tells neighbors apart. Without dashes, which take most of the drawing. */
export const thinArchitectureLine = (kind: string, place: number): { color: string; dash: string; thin: true } => ({
  color: at(tints, place % tints.length)(architectureColor(kind)),
  dash: '',
  thin: true,
});

/** The line of the `place`th run of an architecture: its hue; dash and lightness tell its runs apart. */
export function architectureLine(kind: string, place: number): { color: string; dash: string } {
  const tint = at(tints, Math.floor(place / dashes.length) % tints.length);
  return { color: tint(architectureColor(kind)), dash: at(dashes, place % dashes.length) };
}
