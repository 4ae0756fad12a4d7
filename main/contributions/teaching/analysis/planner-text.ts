import type { TeachingEnough, TeachingSize } from '../contract/teaching.ts';
import { formatCount, formatFixed, formatInteger, formatNames } from '../../../domain/numbers/index.ts';
import { armTitle, scoreNames } from './arms.ts';

/** Whether an experiment is enough, as people read it. */

const decimals = 4;

export const scoreText = (value: number | null): string => (value === null ? '–' : formatFixed(value, decimals));

/** `45 pairs (495 images), 20 people and 5 seeds`. */
export function sizeText({ units: kind }: Pick<TeachingEnough, 'units'>, size: TeachingSize, who = 'people'): string {
  const { units, images, people, seeds } = size;
  const what =
    kind === 'pairs' ? `${formatCount(units, 'pair')} (${formatCount(images, 'image')})` : formatCount(images, 'image');
  return `${what}, ${formatInteger(people)} ${who} and ${formatCount(seeds, 'seed')}`;
}

const unsigned = (value: number | null): string => scoreText(value === null ? null : Math.abs(value));

/** What a design shows of its main arm; then what would be enough, if it is not. */
export function enoughSentences(plan: TeachingEnough, who = 'people'): string[] {
  const { main, reference, outcome, design, halves, needed, tells, sizes } = plan;
  const arm = plan.arms.find((each) => each.arm === main);
  if (!arm) return [];
  const names = `“${armTitle(main)}” and “${armTitle(reference)}”`;
  const examiners = `${formatInteger(Math.max(1, Math.round(halves.examining)))} ${who} who examine`;
  const verdicts = {
    enough: [
      `This design is enough: ${names} are expected to differ by ${unsigned(arm.expected)} (${scoreNames[outcome]}), and it finds differences of ${unsigned(arm.told)} or more in 95 % of experiments.`,
    ],
    more: [
      arm.told === null
        ? `This design has no intervals: one seed or one pair of classes shows nothing about others.`
        : `This design is too small: ${names} are expected to differ by ${unsigned(arm.expected)} (${scoreNames[outcome]}), and it finds differences of ${unsigned(arm.told)} or more in 95 % of experiments.`,
    ],
    hopeless: [
      `These images and ${who} cannot tell ${names} apart, however many seeds are trained.`,
      `If infinitely many ${who} taught, and networks predicted their targets exactly, the ${scoreNames[outcome]} would differ by ${unsigned(arm.most)}.` +
        (arm.mostTold === null
          ? ' One pair of classes shows nothing about others.'
          : ` With ${plan.units === 'pairs' ? `${formatCount(design.units, 'pair')} (${formatCount(design.images, 'image')})` : formatCount(design.images, 'image')} and ${examiners}, only differences of ${unsigned(arm.mostTold)} or more are found in 95 % of experiments.`),
    ],
  };
  const others = tells.filter((each) => each !== main);
  const largest = sizes.at(-1);
  const enough = needed
    ? [
        `Enough would be ${sizeText(plan, needed, who)}.` +
          (others.length > 0
            ? ` That also tells ${formatNames(others.map((each) => `“${armTitle(each)}”`))} apart from “${armTitle(reference)}”.`
            : ''),
      ]
    : largest && arm.mostTold !== null
      ? [`Not even ${sizeText(plan, largest, who)} are enough.`]
      : [];
  return [...verdicts[arm.verdict], ...(arm.verdict === 'enough' ? [] : enough)];
}

/** What the plan takes for granted. */
export function enoughAssumptions(
  {
    assumed,
    arms,
    networks,
    halves,
    units,
  }: Pick<TeachingEnough, 'assumed' | 'networks' | 'halves' | 'units'> & {
    arms: readonly unknown[];
  },
  who = 'people',
): string {
  return [
    assumed
      ? `Nobody has labeled the images yet, so ${who} are assumed: pairs flip at alpha 0.5, give or take 0.12, over about a sixth of the way.`
      : `Shares of labels are taken to be as the ${who}’s labels suggest. On each image, ${formatFixed(halves.teaching, 1)} labels teach and ${formatFixed(halves.examining, 1)} examine; other numbers of ${who} are split evenly.`,
    'The effect of teaching is assumed: on average each network goes half of the way from the mean of all teaching targets to its own.',
    networks > 0
      ? `Networks are taken to vary as ${formatCount(networks, 'network')} of the study that ${networks === 1 ? 'was' : 'were'} not taught. Those of an experiment start alike, seed by seed, and may differ far less.`
      : 'How networks vary is assumed, too; those that predict badly vary far more. Train four networks of the recipe first, and the plan takes these.',
    units === 'pairs' ? 'Pairs have fresh anchors.' : 'Images are independent of each other.',
    ...(arms.length > 1 ? ['Tests are adjusted for all arms.'] : []),
    'Once networks are trained, Results plans from how much they really differ.',
  ].join(' ');
}

/** The table of sizes with a number of seeds: a column for each number of people, a row for each number of images. */
export function sizesTable({ sizes, units }: TeachingEnough, seeds: number) {
  const own = sizes.filter((size) => size.seeds === seeds);
  const people = [...new Set(own.map((size) => size.people))];
  const rows = [...Map.groupBy(own, (size) => `${size.units} ${size.images}`).values()].map((cells) => ({
    name:
      units === 'pairs'
        ? `${formatCount(cells[0]?.units ?? 0, 'pair')}, ${formatInteger(cells[0]?.images ?? 0)}`
        : formatInteger(cells[0]?.images ?? 0),
    cells: cells.map(({ told, expected, people: count }) => ({
      people: count,
      text: scoreText(told),
      isEnough: told !== null && Math.abs(expected) >= told,
    })),
  }));
  const expected = people.map((count) => unsigned(own.find((size) => size.people === count)?.expected ?? null));
  return { people, expected, rows, seeds: [...new Set(sizes.map((size) => size.seeds))] };
}
