/** Contrasts of the means of cells: which runs an effect compares, and with which weights (metrics.md 13.3). */

/** The value of each factor; all cells have the same factors. */
export type Levels = Readonly<Record<string, string>>;

export type Contrast =
  | { readonly type: 'mean'; readonly at: Levels }
  /** Of a level, where all other cells are alike but for the factor, and its levels `beside` are there as well. */
  | { readonly type: 'matched'; readonly factor: string; readonly level: string; readonly beside: readonly string[] }
  | { readonly type: 'difference'; readonly a: Levels; readonly b: Levels }
  | { readonly type: 'marginal'; readonly factor: string; readonly level: string; readonly reference: string }
  | { readonly type: 'deviation'; readonly factor: string; readonly level: string }
  | {
      readonly type: 'interaction';
      readonly factor: string;
      readonly level: string;
      readonly reference: string;
      readonly factor2: string;
      readonly level2: string;
      readonly reference2: string;
    }
  | { readonly type: 'slope'; readonly factor: string; readonly scale: 'value' | 'log10' | 'log2' };

/** One coefficient a cell, 0 where it has none; null: nothing to compare. */
export interface Coefficients {
  readonly weights: Float64Array;
  /** Cells of each stratum with coefficients +-1; for marginal effects and interactions. */
  readonly strata: readonly Float64Array[];
  /** Strata; null for means of all cells and differences of two. */
  readonly count: number | null;
}

/** Sums of squares below this: all values of the factor are equal. */
const leastSpread = 1e-12;
/** Weights below this share of the largest are 0 but for rounding. */
const rounding = 1e-13;

/** @returns null where no cell or no stratum matches */
export function coefficients(contrast: Contrast, cells: readonly Levels[]): Coefficients | null {
  const found = rawCoefficients(contrast, cells);
  return found?.weights.some((weight) => weight !== 0) ? found : null;
}

function rawCoefficients(contrast: Contrast, cells: readonly Levels[]): Coefficients | null {
  switch (contrast.type) {
    case 'mean':
      return meanOf(cells, contrast.at);
    case 'matched':
      return matchedMean(cells, contrast);
    case 'difference': {
      const [a, b] = [meanOf(cells, contrast.a), meanOf(cells, contrast.b)];
      return a && b && { ...a, weights: a.weights.map((weight, cell) => weight - b.weights[cell]!) };
    }
    case 'marginal':
      return signed(cells, [contrast]);
    case 'interaction': {
      const { factor2, level2, reference2 } = contrast;
      return signed(cells, [contrast, { factor: factor2, level: level2, reference: reference2 }]);
    }
    case 'deviation':
      return deviation(cells, contrast);
    case 'slope':
      return slope(cells, contrast);
  }
}

function meanOf(cells: readonly Levels[], levels: Levels): Coefficients | null {
  const wanted = Object.entries(levels);
  const chosen = cells.map((cell) => wanted.every(([factor, level]) => cell[factor] === level));
  const n = chosen.filter(Boolean).length;
  if (n === 0) return null;
  return { weights: Float64Array.from(chosen, (is) => (is ? 1 / n : 0)), strata: [], count: null };
}

/** Places of the cells that agree in all factors but these. */
function strataWithout(cells: readonly Levels[], factors: readonly string[]): number[][] {
  const rest = (cell: Levels): string =>
    JSON.stringify(Object.entries(cell).filter(([factor]) => !factors.includes(factor)));
  return [...Map.groupBy(cells.keys(), (index) => rest(cells[index] ?? {})).values()];
}

interface Step {
  readonly factor: string;
  readonly level: string;
  readonly reference: string;
}

/** Level minus reference, of each factor; only strata that have all combinations count. */
function signed(cells: readonly Levels[], steps: readonly Step[]): Coefficients | null {
  const sign = (cell: Levels): number =>
    steps.reduce((product, { factor, level, reference }) => {
      if (level === reference) return 0;
      return product * (cell[factor] === level ? 1 : cell[factor] === reference ? -1 : 0);
    }, 1);
  const strata = strataWithout(
    cells,
    steps.map(({ factor }) => factor),
  )
    .map((places) => {
      const signs = new Float64Array(cells.length);
      for (const place of places) signs[place] = sign(cells[place] ?? {});
      return signs;
    })
    .filter((signs) => signs.filter((value) => value !== 0).length === 2 ** steps.length);
  if (strata.length === 0) return null;
  const weights = new Float64Array(cells.length);
  for (const signs of strata) signs.forEach((value, cell) => (weights[cell]! += value / strata.length));
  return { weights, strata, count: strata.length };
}

function matchedMean(cells: readonly Levels[], { factor, level, beside }: Extract<Contrast, { type: 'matched' }>) {
  const wanted = [level, ...beside];
  const matched = strataWithout(cells, [factor]).filter((places) => {
    const levels = new Set(places.map((place) => cells[place]?.[factor]));
    return wanted.every((each) => levels.has(each));
  });
  if (matched.length === 0) return null;
  const weights = new Float64Array(cells.length);
  for (const place of matched.flat()) if (cells[place]?.[factor] === level) weights[place] = 1 / matched.length;
  return { weights, strata: [], count: matched.length };
}

function deviation(cells: readonly Levels[], { factor, level }: { factor: string; level: string }) {
  const levels = new Set(cells.map((cell) => cell[factor]));
  if (!levels.has(level)) return null;
  const complete = strataWithout(cells, [factor]).filter((places) => places.length === levels.size);
  if (complete.length === 0) return null;
  const weights = new Float64Array(cells.length);
  for (const place of complete.flat()) {
    weights[place] = ((cells[place]?.[factor] === level ? 1 : 0) - 1 / levels.size) / complete.length;
  }
  return { weights, strata: [], count: complete.length };
}

const scales = { value: (x: number) => x, log10: Math.log10, log2: Math.log2 } as const;

/** Least squares with a level of its own for each stratum. */
function slope(cells: readonly Levels[], { factor, scale }: { factor: string; scale: keyof typeof scales }) {
  const x = cells.map((cell) => {
    const level = Object.hasOwn(cell, factor) ? cell[factor]?.trim() : '';
    return level ? scales[scale](Number(level)) : Number.NaN;
  });
  const weights = new Float64Array(cells.length);
  let [squares, count] = [0, 0];
  for (const places of strataWithout(cells, [factor])) {
    if (places.length < 2) continue;
    const mean = places.reduce((sum, place) => sum + x[place]!, 0) / places.length;
    for (const place of places) {
      weights[place] = x[place]! - mean;
      squares += weights[place]! ** 2;
    }
    count++;
  }
  if (!(squares > leastSpread)) return null;
  // A cell without weight, such as 0.2 among 0.1, 0.2 and 0.3, would drop blocks if rounding gave it one.
  const largest = Math.max(...weights.map(Math.abs));
  const exact = weights.map((weight) => (Math.abs(weight) <= rounding * largest ? 0 : weight / squares));
  return { weights: exact, strata: [], count };
}
