/**
 * What pages say, and whether two places contradict each other. `read-facts.ts` reads it off a page; here nothing is read, so
 * that each kind of contradiction can be planted (`facts.test.ts`).
 */

/** One thing as one place shows it: `type A at 97.5 %`, `7.9 % [2.8 to 14.6] n = 165 images`. */
export interface Fact {
  readonly what: string;
  readonly text: string;
  readonly where: string;
}

/** A difference with the two numbers that it is the difference of, as they stand beside it. */
export interface Difference extends Fact {
  readonly of: string;
  readonly less: string;
}

/** All that is read off one place. */
export interface Facts {
  readonly facts: readonly Fact[];
  readonly differences: readonly Difference[];
  /** Each text that has a digit. */
  readonly texts: readonly { readonly text: string; readonly where: string }[];
}

interface Rounded {
  readonly value: number;
  readonly decimals: number;
}

/** A shown number and what stands beside it; null: it is not said there. */
interface Shown {
  /** Null: a dash, as the number is not defined. */
  readonly value: Rounded | null;
  readonly unit: string | null;
  readonly std: Rounded | null;
  readonly n: Rounded | null;
  readonly from: Rounded | null;
  readonly to: Rounded | null;
}

const numeral = String.raw`-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?`;
const unitNames = ['%', 'points', 'bits', 'nats', 'ms', 's', 'min', 'h', 'days', 'B', 'kB', 'MB', 'GB'];

const plain = (text: string): string => text.replaceAll('\u2212', '-').replace(/\s+/g, ' ').trim();

function rounded(text: string | undefined): Rounded | null {
  if (text === undefined) return null;
  const digits = text.replaceAll(',', '');
  return { value: Number(digits), decimals: /\.(\d+)/.exec(digits)?.[1]?.length ?? 0 };
}

/** Reads `95.9 ± 0.3 % [94.0 to 97.1] n = 9 networks` or `13 of 165 images`; null: words. */
export function parseShown(text: string): Shown | null {
  const said = plain(text);
  const found = (pattern: string, part = 1): Rounded | null => rounded(new RegExp(pattern).exec(said)?.[part]);
  const isUndefined = said.startsWith('–');
  const start = new RegExp(`^(?:≈ )?(${numeral})(?: ± (${numeral}))?(?: (${unitNames.join('|')})(?![\\w]))?`).exec(
    said,
  );
  if (!start && !isUndefined) return null;
  return {
    value: rounded(start?.[1]),
    std: rounded(start?.[2]),
    unit: start?.[3] ?? null,
    n: found(`n = (${numeral})`) ?? found(`${numeral} of (${numeral})`),
    from: found(`\\[(${numeral}) to `),
    to: found(`\\[${numeral} to (${numeral})\\]`),
  };
}

/** Whether both can be the same number, each rounded to its digits. */
function agree(a: Rounded, b: Rounded): boolean {
  const halves = (10 ** -a.decimals + 10 ** -b.decimals) / 2;
  return a.decimals === b.decimals ? a.value === b.value : Math.abs(a.value - b.value) <= halves * (1 + 1e-9);
}

/** In what two texts about one thing differ, in one word; null: they agree. */
function disagreement(a: string, b: string): string | null {
  const [one, other] = [parseShown(a), parseShown(b)];
  if (!one || !other) return plain(a) === plain(b) ? null : 'state';
  if ((one.value === null) !== (other.value === null)) return 'state';
  const differ = (part: 'value' | 'n' | 'std' | 'from' | 'to'): boolean => {
    const [x, y] = [one[part], other[part]];
    return x !== null && y !== null && !agree(x, y);
  };
  if (one.unit !== null && other.unit !== null && one.unit !== other.unit) return 'unit';
  if (differ('value')) return 'value';
  if (differ('n')) return 'n';
  if (differ('std')) return 'standard deviation';
  return differ('from') || differ('to') ? 'interval' : null;
}

/** Things that two places say differently: sentences. */
export function contradictions(facts: readonly Fact[]): string[] {
  return [...Map.groupBy(facts, ({ what }) => what)].flatMap(([what, said]) => {
    const different = said.filter(({ text }, at) => said.findIndex((other) => other.text === text) === at);
    return different.flatMap((one, at) =>
      different.slice(at + 1).flatMap((other) => {
        const part = disagreement(one.text, other.text);
        if (part === null) return [];
        return [`${what}: “${plain(one.text)}” on ${one.where}, “${plain(other.text)}” on ${other.where} (${part})`];
      }),
    );
  });
}

/**
 * Differences that are not those of the numbers beside them. Whoever subtracts these has to get the difference; only where
 * they have more digits may it be rounded the other way at a boundary.
 */
export function wrongDifferences(differences: readonly Difference[]): string[] {
  return differences.flatMap(({ what, where, text, of, less }) => {
    const [shown, a, b] = [text, of, less].map((each) => parseShown(each)?.value ?? null);
    if (!shown || !a || !b) return [];
    const last = 10 ** -shown.decimals;
    const finer = Math.min(a.decimals, b.decimals) > shown.decimals;
    const slack = last / 2 + (finer ? 10 ** -Math.min(a.decimals, b.decimals) : 0);
    if (Math.abs(a.value - b.value - shown.value) <= slack * (1 + 1e-9) - (finer ? 0 : 1e-9)) return [];
    return [`${what}: “${plain(text)}” on ${where} beside “${plain(of)}” and “${plain(less)}”`];
  });
}

const mostDigits = 4;

/**
 * Measured numbers with more than four significant digits. Whole numbers are counts, seeds and names, and exact, unless they
 * are said to be estimates. 100.00 is a bound. Versions, dates, addresses and parts of words are no numbers.
 */
export function longNumbers(texts: Facts['texts']): string[] {
  const found = texts.flatMap(({ text, where }) =>
    [...plain(text).matchAll(/(?<![\w.,:/#-])(about |≈ ?|~)?-?(\d[\d,]*(?:\.\d+)?)(?![\w:/-]|\.\d|,\d)/g)].flatMap(
      ([, estimate, digits = '']) => {
        if (estimate === undefined && !digits.includes('.')) return [];
        const significant = digits.replaceAll(/[,.]/g, '').replace(/^0+/, '');
        const exact = digits.includes('.') ? significant : significant.replace(/0+$/, '');
        if (exact.length <= mostDigits || Number(digits) === 100) return [];
        return [`“${digits}” in “${plain(text)}” on ${where}`];
      },
    ),
  );
  return [...new Set(found)];
}

/** All that contradicts itself in what was read: sentences. */
export const faultsOf = (read: readonly Facts[]): string[] => [
  ...contradictions(read.flatMap(({ facts }) => facts)),
  ...wrongDifferences(read.flatMap(({ differences }) => differences)),
  ...longNumbers(read.flatMap(({ texts }) => texts)),
];
