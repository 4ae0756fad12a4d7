import { at } from '../../../domain/numbers/index.ts';
import {
  Calibration,
  labelCounts,
  type LabelCounts,
  type LabelMatrix,
  missing,
  ScoreSheet,
} from '../../../analysis/labels/index.ts';
import { cohen, countPairs, fleissKappa, krippendorffAlpha } from '../../../analysis/raters/index.ts';
import {
  countEntropyBits,
  distances,
  pearson,
  quantile,
  spearman,
  spread,
} from '../../../analysis/statistics/index.ts';
import { errorKappa } from '../../../analysis/responses/index.ts';
import { holm, mcnemar } from '../../../analysis/groups/index.ts';

/** Published data that measures are checked with. */

/** A rater a row, a letter or digit an item; a dot is missing. */
function parseRaters(rows: readonly string[]): LabelMatrix {
  const symbols = [...new Set(rows.join('').replaceAll('.', ''))].sort();
  const values = rows.flatMap((row) => [...row].map((symbol) => (symbol === '.' ? missing : symbols.indexOf(symbol))));
  return { raters: rows.length, images: at(rows, 0).length, classes: symbols.length, values: Int16Array.from(values) };
}

/** Rows of counts in text, e.g. `20 5, 10 15`. */
const parseTable = (table: string): number[][] => table.split(', ').map((row) => row.split(' ').map(Number));

/** Counts of each category, an item a row. */
function countsTable(table: string): LabelCounts {
  const rows = parseTable(table);
  return {
    images: rows.length,
    classes: at(rows, 0).length,
    counts: Uint32Array.from(rows.flat()),
    present: Uint32Array.from(rows, (row) => row.reduce((a, b) => a + b, 0)),
  };
}

/** Krippendorff 2011, B: two observers, nominal data. */
const krippendorffTwo = parseRaters(['aabbdcccedda', 'babbbccceddd']);

/** Krippendorff 2011, C: four observers, nominal data, some of it missing. */
const krippendorffMissing = parseRaters(['123321412...', '1233224125.3', '.3332342251.', '12332441251.']);

/**
 * Three coders, 15 units, much of it missing: the example of Wikipedia's "Krippendorff's alpha" and of its Python
 * package.
 */
const krippendorffSparse = parseRaters(['.....34121133.3', '1.213343.......', '..21344.21133.4']);

/** Ten items, 14 raters, five categories: the worked example of Wikipedia's "Fleiss' kappa". */
const fleissWorked = countsTable(
  '0 0 0 0 14, 0 2 6 4 2, 0 0 3 5 6, 0 3 9 2 0, 2 2 8 1 1, 7 7 0 0 0, 3 2 6 3 0, 2 5 3 2 2, 6 5 2 1 0, 0 2 2 3 7',
);

/** Thirty patients, six psychiatrists, five diagnoses (Fleiss 1971; `diagnoses` of R's irr). One row per patient. */
const diagnoses = [
  ...['444444', '222555', '233335', '555555', '222444', '113333', '333355', '113334', '114444', '555555'],
  ...['144444', '124444', '222333', '144444', '224445', '333335', '111455', '111112', '224444', '133555'],
  ...['555555', '244444', '224555', '114444', '144445', '222224', '111155', '224444', '133333', '555555'],
];
const countPatients = (patients: readonly string[]): LabelCounts =>
  labelCounts(parseRaters(Array.from({ length: 6 }, (_, rater) => patients.map((patient) => patient[rater]).join(''))));
const fleissDiagnoses = countPatients(diagnoses);

/** The first 15 of them: `distrib.6raters` of R's irrCAC. */
const firstDiagnoses = countPatients(diagnoses.slice(0, 15));

/** Cohen's kappa of two raters by their table of counts: row a, column b. */
function kappaOfTable(text: string): number | null {
  const table = parseTable(text);
  const pairs = table.flatMap((row, a) => row.flatMap((count, b) => new Array<[number, number]>(count).fill([a, b])));
  const values = Int16Array.from([...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)]);
  return meanKappa({ raters: 2, images: pairs.length, classes: table.length, values });
}

/** Two raters of R's irr `anxiety`, raters 2 and 3. */
const anxiety = parseRaters(['36462424332333221334', '21443216111233113322']);

/** A measure on data with a published value. */
interface Check {
  name: string;
  /** The data, in words. */
  of: string;
  expected: number;
  /** Half a unit of the last published digit, or 1e-9 where the value is exact. */
  tolerance: number;
  source: string;
  find: () => number | null;
}

const sciPy = (example: string): string => `SciPy, documentation of ${example}`;
const torchMetrics = 'TorchMetrics, documentation of binary_calibration_error (n_bins=2)';
const krippendorff = 'Krippendorff 2011, Computing Krippendorff’s alpha-reliability';
const irrCac = (name: string): string => `R package irrCAC, documentation of ${name}(distrib.6raters)`;
const exactly = 1e-9;

const meanKappa = (raters: LabelMatrix): number | null => cohen(['a', 'b'], countPairs(raters)).kappa.mean;

/** The example of TorchMetrics: five confidences in two bins, three of them right. */
function calibration(): Calibration {
  const sheet = new Calibration(2);
  [0.25, 0.25, 0.55, 0.75, 0.75].forEach((confidence, at) => sheet.add(confidence, at >= 2));
  return sheet;
}

/** Mean scores of two-class softmax; each row: true class, then softmax of class 1. */
function meanScores(table: string) {
  const rows = parseTable(table);
  const label = Int16Array.from(rows, ([y = 0]) => y);
  const start = Uint32Array.from({ length: rows.length + 1 }, (_, at) => at);
  const sheet = new ScoreSheet({ majority: label, start, label, share: new Float64Array(rows.length).fill(1) });
  rows.forEach(([, p = 0], image) => {
    const softmax = [1 - p, p];
    sheet.add(image, p > 0.5 ? 1 : 0, softmax, 0, p * p + (1 - p) ** 2, Math.max(p, 1 - p));
  });
  return sheet.scores();
}

export const checks: readonly Check[] = [
  {
    name: 'Krippendorff’s alpha',
    of: '12 items, 2 observers',
    expected: 0.692,
    tolerance: 5e-4,
    source: `${krippendorff}, example B`,
    find: () => krippendorffAlpha(labelCounts(krippendorffTwo)),
  },
  {
    name: 'Krippendorff’s alpha, with missing labels',
    of: '12 items, 4 observers',
    expected: 0.74342,
    tolerance: 5e-6,
    source: `${krippendorff}, example C (0.743 there); R package irrCAC, cac.raw4raters`,
    find: () => krippendorffAlpha(labelCounts(krippendorffMissing)),
  },
  {
    name: 'Krippendorff’s alpha, with missing labels',
    of: '15 units, 3 coders',
    expected: 0.691358,
    tolerance: 5e-7,
    source: 'Wikipedia, Krippendorff’s alpha, example; Python package krippendorff (0.691)',
    find: () => krippendorffAlpha(labelCounts(krippendorffSparse)),
  },
  {
    name: 'Fleiss’ kappa',
    of: '10 items, 14 raters, 5 categories',
    expected: 0.209931,
    tolerance: 5e-7,
    source: 'Wikipedia, Fleiss’ kappa, worked example (0.210 there)',
    find: () => fleissKappa(fleissWorked),
  },
  {
    name: 'Fleiss’ kappa',
    of: '30 patients, 6 psychiatrists, 5 diagnoses',
    expected: 0.4302445,
    tolerance: 5e-8,
    source: 'Fleiss 1971; R package irr, kappam.fleiss(diagnoses)',
    find: () => fleissKappa(fleissDiagnoses),
  },
  {
    name: 'Fleiss’ kappa',
    of: '15 of these patients',
    expected: 0.4139265,
    tolerance: 5e-8,
    source: irrCac('fleiss.kappa.dist'),
    find: () => fleissKappa(firstDiagnoses),
  },
  {
    name: 'Krippendorff’s alpha',
    of: '15 of these patients',
    expected: 0.4204384,
    tolerance: 5e-8,
    source: irrCac('krippen.alpha.dist'),
    find: () => krippendorffAlpha(firstDiagnoses),
  },
  {
    name: 'Cohen’s kappa',
    of: '20 items, 2 raters',
    expected: -0.006289308,
    tolerance: 5e-10,
    source: 'R package irr, kappa2(anxiety[,2:3])',
    find: () => meanKappa(anxiety),
  },
  {
    name: 'Cohen’s kappa',
    of: 'table 0 4 1, 0 8 0, 0 1 5',
    expected: 0.4842,
    tolerance: 5e-5,
    source: 'SAS, PROC FREQ output quoted by statsmodels’ tests of cohens_kappa',
    find: () => kappaOfTable('0 4 1, 0 8 0, 0 1 5'),
  },
  {
    name: 'Cohen’s kappa',
    of: '50 proposals: 20 both yes, 15 both no, 5 and 10 mixed',
    expected: 0.4,
    tolerance: exactly,
    source: 'Wikipedia, Cohen’s kappa, simple example',
    find: () => kappaOfTable('20 5, 10 15'),
  },
  {
    name: 'Error consistency',
    of: '10 trials, 8 and 6 right, 5 of them both',
    expected: 1 / 11,
    tolerance: exactly,
    source: 'Arithmetic of Geirhos et al. 2020, equations 1 to 3: c_obs = 0.6, c_exp = 0.56',
    find: () => errorKappa(10, 8, 6, 5).kappa,
  },
  {
    name: 'Entropy',
    of: 'counts 76, 20 and 4',
    expected: 0.951046,
    tolerance: 5e-7,
    source: 'Arithmetic of Shannon 1948: -0.76 log2 0.76 - 0.2 log2 0.2 - 0.04 log2 0.04',
    find: () => countEntropyBits([76, 20, 4]),
  },
  {
    name: 'Entropy',
    of: 'counts 9 and 1',
    expected: 0.46899559358928117,
    tolerance: exactly,
    source: sciPy('stats.entropy([9/10, 1/10], base=2)'),
    find: () => countEntropyBits([9, 1]),
  },
  {
    name: 'Jensen-Shannon distance',
    of: '[1, 0] and [0.5, 0.5]; natural logarithm, square root',
    expected: 0.464501,
    tolerance: 5e-7,
    source: sciPy('spatial.distance.jensenshannon([1, 0], [0.5, 0.5])'),
    find: () => {
      const found = distances([1, 0], [0.5, 0.5]);
      return found && Math.sqrt(found.js_bits * Math.LN2);
    },
  },
  {
    name: 'Kullback-Leibler divergence',
    of: '[0.5, 0.5] from [0.9, 0.1], nats; smoothed by 1e-6',
    expected: 0.5108256,
    tolerance: 1e-5,
    source: sciPy('stats.entropy([1/2, 1/2], qk=[9/10, 1/10])'),
    find: () => {
      const found = distances([1, 1], [0.9, 0.1]);
      return found && found.kl_human_model_bits * Math.LN2;
    },
  },
  {
    name: 'Expected calibration error',
    of: '5 predictions, 2 bins',
    expected: 0.29,
    tolerance: 5e-5,
    source: torchMetrics,
    find: () => calibration().expected(),
  },
  {
    name: 'Root mean square calibration error',
    of: '5 predictions, 2 bins',
    expected: 0.2918,
    tolerance: 5e-5,
    source: torchMetrics,
    find: () => calibration().rootMeanSquare(),
  },
  {
    name: 'Largest calibration error',
    of: '5 predictions, 2 bins',
    expected: 0.3167,
    tolerance: 5e-5,
    source: torchMetrics,
    find: () => calibration().largest(),
  },
  {
    name: 'Brier score',
    of: '4 predictions; twice the one-class score of 0.0375',
    expected: 0.075,
    tolerance: exactly,
    source: 'scikit-learn, documentation of brier_score_loss (0.037 there)',
    find: () => meanScores('0 0.1, 1 0.9, 1 0.8, 0 0.3').brier_hard,
  },
  {
    name: 'Negative log-likelihood',
    of: '4 predictions',
    expected: 0.21616,
    tolerance: 5e-6,
    source: 'scikit-learn, documentation of log_loss',
    find: () => meanScores('1 0.9, 0 0.1, 0 0.2, 1 0.65').nll_nats,
  },
  {
    name: 'Pearson correlation',
    of: '1 to 7 with 10 9 2.5 6 4 3 2',
    expected: -0.828503883588428,
    tolerance: exactly,
    source: sciPy('stats.pearsonr'),
    find: () => pearson([1, 2, 3, 4, 5, 6, 7], [10, 9, 2.5, 6, 4, 3, 2]),
  },
  {
    name: 'Spearman correlation, with a tie',
    of: '1 2 3 4 5 with 5 6 7 8 7',
    expected: 0.8207826816681233,
    tolerance: exactly,
    source: sciPy('stats.spearmanr'),
    find: () => spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]),
  },
  {
    name: 'McNemar’s test, exact',
    of: '8 and 2 discordant images',
    expected: 0.109375,
    tolerance: exactly,
    source: 'Arithmetic: 2 (1 + 10 + 45) / 1024; R binom.test(8, 10)',
    find: () => mcnemar(8, 2).p_exact,
  },
  {
    name: 'Holm’s adjustment',
    of: 'p = 0.01, 0.02, 0.03, 0.04, 0.05: the third',
    expected: 0.09,
    tolerance: exactly,
    source: 'Arithmetic of Holm 1979; R p.adjust',
    find: () => holm([0.01, 0.02, 0.03, 0.04, 0.05])[2] ?? null,
  },
  {
    name: 'Quantile, type 7',
    of: '10 7 4 3 2 1, the median',
    expected: 3.5,
    tolerance: exactly,
    source: 'NumPy, documentation of percentile; Hyndman and Fan 1996',
    find: () => quantile([1, 2, 3, 4, 7, 10], 0.5),
  },
  {
    name: 'Population standard deviation',
    of: '2 4 4 4 5 5 7 9',
    expected: 2,
    tolerance: exactly,
    source: 'Wikipedia, Standard deviation, basic example',
    find: () => spread([2, 4, 4, 4, 5, 5, 7, 9]).std,
  },
];

export interface SelfTestResult {
  readonly passed: boolean;
  readonly checks: readonly (Omit<Check, 'find'> & { readonly found: number | null; readonly passed: boolean })[];
}

/** Computes every published value again, to detect an installation with faulty arithmetic. */
export function runSelfTest(all: readonly Check[] = checks): SelfTestResult {
  const results = all.map(({ find, ...check }) => {
    const found = find();
    return { ...check, found, passed: found !== null && Math.abs(found - check.expected) <= check.tolerance };
  });
  return { passed: results.every(({ passed }) => passed), checks: results };
}
