import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architectureKinds } from '../../../main/contract/recipes/recipes.ts';
import { architectureLook } from '../../../main/domain/networks/architectures.ts';
import { repository } from '../../architecture/tools.ts';

type Three = readonly [number, number, number];

/**
 * How linear sRGB looks without one kind of cones: Machado, Oliveira and Fernandes, "A physiologically-based model for
 * simulation of color vision deficiency" (2009), severity 1. As common as 1 in 12 men, in lesser severity.
 */
const simulations = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const satisfies Record<string, readonly Three[]>;

export type Vision = keyof typeof simulations;
export const visions = Object.keys(simulations) as Vision[];

/** Linear sRGB to XYZ of D65, and the white that it is relative to (IEC 61966-2-1). */
const toXyz: readonly Three[] = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];
const white: Three = [0.9505, 1, 1.089];

const times = (matrix: readonly Three[], [x, y, z]: Three): Three =>
  matrix.map((row) => row[0] * x + row[1] * y + row[2] * z) as unknown as Three;

function linear(hex: string): Three {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as unknown as Three;
}

function seen(hex: string, vision: Vision): Three {
  const clipped = times(simulations[vision], linear(hex)).map((c) => Math.min(1, Math.max(0, c)));
  return clipped as unknown as Three;
}

function lab(rgb: Three): Three {
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const [x, y, z] = times(toXyz, rgb).map((value, at) => f(value / white[at]!)) as unknown as Three;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Distance of two colors as somebody sees them (CIE 1976 L*a*b*): 0 the same, about 2 just told apart side by side. */
export function difference(a: string, b: string, vision: Vision): number {
  const [one, two] = [lab(seen(a, vision)), lab(seen(b, vision))];
  return Math.hypot(...one.map((value, at) => value - two[at]!));
}

/** Contrast of text on its ground, 1 to 21 (WCAG 2). */
export function contrast(a: string, b: string, vision: Vision): number {
  const [low, high] = [a, b].map((hex) => times(toXyz, seen(hex, vision))[1]).sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** The page's colors by the name of their variable, in a theme. */
export function themeColors(theme: 'light' | 'dark'): (css: string) => string {
  const css = readFileSync(join(repository, 'renderer', 'ui', 'theme.css'), 'utf8');
  const found = new Map<string, string>();
  for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g))
    found.set(`var(--${name})`, (theme === 'light' ? light : dark) ?? '');
  for (const kind of architectureKinds) found.set(`var(--${kind})`, architectureLook(kind)[theme]);
  return (name) => {
    const color = found.get(name);
    if (!color) throw new Error(`the theme has no ${name}`);
    return color;
  };
}
