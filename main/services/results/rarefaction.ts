import type { LabelCounts } from '../../analysis/labels.ts';
import { imagesWith, rarefy, rarefyTypes, type Curve } from '../../analysis/rarefaction.ts';
import type { RarefactionResult } from '../../contract/api/results-charts.ts';
import { groupTarget } from './tables.ts';
import { answerHeader, type GroupResult, type Sides } from './view.ts';

type ApiCurve = RarefactionResult['curves'][number];

/** How each statistic depends on the number of labelers and, with a group, of networks: exact expected values. */
export function rarefactionCurves({ people, result }: Sides): RarefactionResult {
  const ofPeople = {
    ...{ counts: people.context.humans.counts, raters: people.labelers.length, along: 'labelers' as const },
    inPaper: people.paper?.labelers_of_table3 ?? 0,
  };
  const own = ownCurves(ofPeople, people.paper?.human_disagree_pct);
  if (!result) return { ...answerHeader(people), models: 0, curves: own };
  const { view, models } = result;
  const ofModels = {
    ...{ counts: view.counts, raters: models.length, along: 'models' as const },
    inPaper: people.paper?.networks_per_target ?? 0,
  };
  const target = groupTarget(result);
  const paper = target === null ? undefined : people.paper?.table3[target];
  return {
    ...answerHeader(people),
    models: models.length,
    curves: [
      ...[...own, ...typeCurves(result, ofPeople, paper)],
      ...[...ownCurves(ofModels, paper?.nn_disagree_pct), ...typeCurves(result, ofModels, paper)],
    ],
  };
}

/** The raters whose number varies. */
interface Raters {
  counts: LabelCounts;
  raters: number;
  along: ApiCurve['along'];
  /** Number of them in the paper. */
  inPaper: number;
}

/** Statistics of these raters alone. */
function ownCurves(of: Raters, paper: number | undefined): ApiCurve[] {
  const { counts, raters, along } = of;
  const { disagree, distinct } = rarefy(counts, raters);
  const images = imagesWith(counts, raters);
  return [
    toCurve(along === 'labelers' ? 'people disagree' : 'networks disagree', of, disagree, images, paper),
    toCurve('classes per image', of, distinct, images),
  ];
}

/** Types with fewer labelers and all networks, or fewer networks and all labelers. */
function typeCurves(
  { people, view, models }: GroupResult,
  of: Raters,
  paper: { type_a_pct: number; type_c_pct: number } | undefined,
): ApiCurve[] {
  const { counts, raters } = of;
  const ofPeople = of.along === 'labelers';
  const others = (image: number): boolean | null => {
    if (ofPeople) return models.length < 2 ? null : view.group.votes.distinct[image]! > 1;
    const status = people.context.humans.view.status[image] ?? null;
    return status === null ? null : status === 'disagree';
  };
  const { a, c } = rarefyTypes(counts, raters, ofPeople ? 'people' : 'networks', others);
  const typed = imagesWith(counts, raters, (image) => others(image) !== null);
  return [toCurve('type A', of, a, typed, paper?.type_a_pct), toCurve('type C', of, c, typed, paper?.type_c_pct)];
}

function toCurve(
  name: ApiCurve['name'],
  { along, inPaper }: Raters,
  values: Curve,
  images: readonly number[],
  mean?: number,
): ApiCurve {
  return {
    ...{ name, along, points: toPoints(name, values, images) },
    paper: mean === undefined ? null : { raters: inPaper, mean, std: null },
  };
}

/** Disagreement needs two raters: types and shares start there. */
function toPoints(name: ApiCurve['name'], values: Curve, images: readonly number[]): ApiCurve['points'] {
  return values.map((value, at) => ({
    ...{ raters: at + 1, n: images[at] ?? 0 },
    value: at === 0 && name !== 'classes per image' ? null : value,
  }));
}
