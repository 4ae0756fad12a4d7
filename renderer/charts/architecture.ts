import { at } from '../../main/domain/arrays.ts';
import { architectureColour } from '../ui/badges.tsx';
import { dashes } from './series.ts';

const tints = [
  (colour: string) => colour,
  (colour: string) => `color-mix(in srgb, ${colour} 60%, var(--ink))`,
  (colour: string) => `color-mix(in srgb, ${colour} 60%, var(--surface))`,
] as const;

/** One of very many lines: its hue; lightness tells neighbours apart. Without dashes, which take most of the drawing. */
export const thinArchitectureLine = (kind: string, place: number): { colour: string; dash: string; thin: true } => ({
  colour: at(tints, place % tints.length)(architectureColour(kind)),
  dash: '',
  thin: true,
});

/** The line of the `place`th run of an architecture: its hue; dash and lightness tell its runs apart. */
export function architectureLine(kind: string, place: number): { colour: string; dash: string } {
  const tint = at(tints, Math.floor(place / dashes.length) % tints.length);
  return { colour: tint(architectureColour(kind)), dash: at(dashes, place % dashes.length) };
}
