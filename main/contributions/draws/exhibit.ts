import { drawSpread, percentileAmong } from './analysis/draws.ts';
import type { DrawnGroup, DrawRecord, DrawsTask, DrawMeasures } from './contract/task.ts';
import type { Cell, Exhibit, Figure, PointsChart } from '../../contract/results/index.ts';
import { formatCount, formatInteger, targetTitle } from '../../domain/numbers/index.ts';
import { count, type PaperValues, undefinedCell } from '../../exhibits/parts/index.ts';
import { drawsTitle } from './title.ts';
import type { Target } from '../../contract/recipes/index.ts';

/** The anchors that one run drew, and what the study's own set gives for the same networks. */
export interface DrawnNumbers {
  readonly task: Pick<DrawsTask, 'rule' | 'anchorDesign' | 'pairs' | 'alphas' | 'samples' | 'searchSeed' | 'seed'>;
  readonly draws: readonly DrawRecord[];
  readonly groups: readonly (Pick<DrawnGroup, 'target' | 'seeds'> & {
    readonly networks: number;
    /** Null: the networks, or some of them, have no predictions of the study's set. */
    readonly own: OwnMeasures | null;
  })[];
  /** Whether the study's own set has these pairs and alphas. */
  readonly sameLayout: boolean;
}

/** The reference classifier's labels of the study's own set are not stored. */
export type OwnMeasures = Pick<DrawMeasures, 'pairwise_disagreement_pct' | 'any_differ_pct'>;

const drawnMeasures = ['pairwise_disagreement_pct', 'any_differ_pct', 'reference_differs_pct'] as const;
type DrawnMeasure = (typeof drawnMeasures)[number];

export const drawnMeasureNames: Record<DrawnMeasure, string> = {
  pairwise_disagreement_pct: 'Two networks differ',
  any_differ_pct: 'Any networks differ',
  reference_differs_pct: 'Differ from the reference classifier',
};

/** One measure over all draws, for one group of networks. */
export interface DrawnDistribution {
  /** `97.5 %`, or `CNN seeds at 98 %, repeat 1`. */
  readonly group: string;
  readonly networks: number;
  readonly measure: DrawnMeasure;
  /** Percent, in the order of the draws. */
  readonly values: readonly number[];
  /** Value of the study's own set, and the value that the paper prints. */
  readonly own: number | null;
  readonly paper: number | null;
}

/** Draws are spread over this part of a row, so that equal values can be told apart. */
const rowHeight = 0.7;
const goldenRatio = 0.618034;

/** Each measure over the draws of a run: a row for each group, with this study and the paper. */
export function drawsFigure(run: DrawnNumbers, paper: PaperValues | null, place: number): Figure {
  const all = drawnDistributions(run, paper);
  return {
    id: `anchor-draws-figure-${place}`,
    title: `${formatCount(run.draws.length, 'draw')} of anchors: ${drawsTitle(run.task)}`,
    people: false,
    charts: drawnMeasures.flatMap((measure) => {
      const rows = all.filter((each) => each.measure === measure);
      return rows.length === 0 ? [] : [drawsChart(measure, rows)];
    }),
    notes: ['Each point is a complete stimulus set with other anchors, labeled by the same networks.'],
  };
}

function drawsChart(measure: DrawnMeasure, rows: readonly DrawnDistribution[]): PointsChart {
  const heightOf = (row: number): number => rows.length - row;
  const drawn = rows.flatMap(({ values, group }, row) =>
    values.map((x, draw) => ({
      x,
      y: heightOf(row) + rowHeight * (((draw * goldenRatio) % 1) - 0.5),
      name: `Draw ${draw + 1}, ${group}`,
    })),
  );
  const marked = (key: 'own' | 'paper', name: string) =>
    rows.flatMap(({ [key]: x, group }, row) =>
      x === null ? [] : [{ x, y: heightOf(row), name: `${name}, ${group}` }],
    );
  const title = drawnMeasureNames[measure];
  const kinds: PointsChart['kinds'] = [
    { name: 'A draw', hue: 'networks', mark: 'circle', points: drawn },
    { name: 'This study', hue: 'ink', mark: 'triangle', points: marked('own', 'This study') },
    { name: 'The paper', hue: 'paper', mark: 'diamond', points: marked('paper', 'The paper') },
  ];
  return {
    kind: 'points',
    title,
    n: `n = ${formatCount(rows[0]?.values.length ?? 0, 'draw')}`,
    x: { title: `${title} (% of images)`, from: 0, decimals: 1 },
    y: {
      title: 'Networks',
      from: 0.5,
      to: rows.length + 0.5,
      ticks: rows.map((_, row) => row + 1),
      names: rows.map(({ group }) => group).reverse(),
    },
    kinds: kinds.filter(({ points }) => points.length > 0),
  };
}

/** Without the measures that a group of one network does not have. */
export function drawnDistributions(
  { task, draws, groups, sameLayout }: DrawnNumbers,
  paper: PaperValues | null,
): DrawnDistribution[] {
  return groups.flatMap((group, n) =>
    drawnMeasures.flatMap((measure): DrawnDistribution[] => {
      const values = draws.flatMap((draw) => draw.groups[n]?.[measure] ?? []);
      if (values.length === 0) return [];
      const own = measure === 'reference_differs_pct' || !sameLayout ? null : (group.own?.[measure] ?? null);
      const { target, networks } = group;
      const isLikePaper = group.seeds === null && paper !== null && asInPaper(paper, task, networks);
      const inPaper = isLikePaper ? paperValue(paper, target, measure) : null;
      return [{ group: groupName(group), networks, measure, values, own, paper: inPaper }];
    }),
  );
}

const groupName = ({ target, seeds }: Pick<DrawnGroup, 'target' | 'seeds'>): string =>
  seeds === null
    ? targetTitle(target)
    : `${seeds.architecture} seeds at ${targetTitle(target)}, repeat ${seeds.repeat}`;

/** More networks differ on more images, and other pairs or alphas are other images. */
const asInPaper = (paper: PaperValues, { pairs, alphas }: DrawnNumbers['task'], networks: number): boolean =>
  networks === paper.networks_per_target && pairs.length === paper.pairs.length && alphas === paper.alphas.length;

/** The paper's Table 2 is of one draw, too. */
function paperValue(paper: PaperValues, target: Target, measure: DrawnMeasure): number | null {
  const row = paper.table2[String(target)];
  if (!row || measure === 'reference_differs_pct') return null;
  return measure === 'pairwise_disagreement_pct' ? row.pairwise_disagreement_pct.mean : row.all_disagree_pct;
}

/** How much one draw of anchors decides: each measure's distribution over draws, the study's own set and, if there is one, the paper in it. */
export function drawsExhibit(runs: readonly DrawnNumbers[], paper: PaperValues | null): Exhibit {
  const percent = (name: string) => ({ name, decimals: 1, unit: '%' });
  const below = (what: string) => ({
    name: `Draws below ${what}`,
    heading: `Draws below ${what}, % of draws`,
    decimals: 0,
    unit: '%',
  });
  return {
    id: 'anchor-draws',
    number: '',
    title: 'Over draws of anchors, percent of images',
    people: false,
    columns: [
      ...[{ name: 'Measure' }, { name: 'Networks' }, { name: 'Anchors' }],
      ...[{ name: 'Draws' }, { ...percent('Mean over draws'), spread: true }],
      percent('Lowest'),
      { ...percent('2.5 %'), heading: '95 % of draws: from' },
      percent('Median'),
      { ...percent('97.5 %'), heading: '95 % of draws: to' },
      ...['Highest', 'This study'].map(percent),
      below('this study'),
      ...(paper ? [percent('Paper'), below('the paper')] : []),
    ],
    rows: runs.flatMap((run) =>
      drawnDistributions(run, paper).map((drawn): Cell[] => [
        ...[drawnMeasureNames[drawn.measure], `${drawn.networks} at ${drawn.group}`, drawsTitle(run.task)],
        ...spreadCells(drawn.values),
        ...marked(drawn.values, drawn.own, whyNoOwn(run, drawn.measure)),
        ...(paper
          ? marked(drawn.values, drawn.paper, 'The paper prints no such value for as many networks, pairs and alphas.')
          : []),
      ]),
    ),
    notes: [
      'Each draw is a complete stimulus set with other anchors, labeled by the same networks. Mean ± standard deviation (n - 1); quantiles of type 7. From and to hold the middle 95 % of these draws: not a confidence interval, and with other networks they would differ. One set is one draw: its level says little about another set’s.',
      'Nobody labeled these images, so there are no types and no misclassified images. The last measure takes the reference classifier’s label in place of people’s: the mean share of images on which a network gives another.',
      ...runs.map(describe),
    ],
  };
}

function whyNoOwn({ groups, sameLayout }: DrawnNumbers, measure: DrawnMeasure): string {
  if (measure === 'reference_differs_pct') return 'The reference classifier did not label the study’s own set.';
  return sameLayout || groups.every(({ own }) => own === null)
    ? 'The networks have no predictions of the study’s own set.'
    : 'The study’s own set has other pairs or alphas.';
}

function describe({ task, draws, sameLayout }: DrawnNumbers): string {
  const { pairs, alphas, samples, searchSeed, seed, rule } = task;
  const search =
    rule === 'best' ? `search seeds ${seed} and up` : `search seed ${searchSeed}, draw seeds ${seed} and up`;
  const other = sameLayout ? '' : ' The study’s own set has other pairs or alphas.';
  return `${drawsTitle(task)}: ${formatInteger(draws.length)} draws of ${pairs.length} pairs at ${alphas} alphas among ${formatInteger(samples)} samples (${search}).${other}`;
}

function spreadCells(values: readonly number[]): Cell[] {
  const spread = drawSpread(values);
  if (!spread) return [];
  const { draws, mean, std, min, max, quantiles } = spread;
  return [draws, { ...count(mean), std }, min, quantiles[0], quantiles[2], quantiles[4], max];
}

function marked(values: readonly number[], value: number | null, why: string): Cell[] {
  if (value === null) return [undefinedCell(why), undefinedCell(why)];
  return [value, percentileAmong(values, value)];
}
