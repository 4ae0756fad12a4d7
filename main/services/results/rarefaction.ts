import type { LabelCounts } from '../../analysis/labels.ts';
import { imagesWith, rarefy, rarefyTypes, type Curve } from '../../analysis/rarefaction.ts';
import type { RarefactionResult } from '../../contract/api/results-charts.ts';
import { targetOf } from './types.ts';
import { aboutPeople, type GroupResult, type Sides } from './view.ts';

type ApiCurve = RarefactionResult['curves'][number];

/** How what is found depends on how many people and networks there are, exactly; without a group: how many people. */
export function rarefactionOf({ people, result }: Sides): RarefactionResult {
  const ofPeople = {
    ...{ counts: people.context.humans.counts, raters: people.labelers.length, along: 'labelers' as const },
    inPaper: people.paper?.labelers_of_table3 ?? 0,
  };
  const own = ownCurves(ofPeople, people.paper?.human_disagree_pct);
  if (!result) return { ...aboutPeople(people), models: 0, curves: own };
  const { view, models } = result;
  const ofModels = {
    ...{ counts: view.counts, raters: models.length, along: 'models' as const },
    inPaper: people.paper?.networks_per_target ?? 0,
  };
  const target = targetOf(result);
  const paper = target === null ? undefined : people.paper?.table3[target];
  return {
    ...aboutPeople(people),
    models: models.length,
    curves: [
      ...[...own, ...typeCurves(result, ofPeople, paper)],
      ...[...ownCurves(ofModels, paper?.nn_disagree_pct), ...typeCurves(result, ofModels, paper)],
    ],
  };
}

/** Those of whom there are fewer. */
interface Raters {
  counts: LabelCounts;
  raters: number;
  along: ApiCurve['along'];
  /** Number of them in the paper. */
  inPaper: number;
}

/** What is said among them. */
function ownCurves(of: Raters, paper: number | undefined): ApiCurve[] {
  const { counts, raters, along } = of;
  const { disagree, distinct } = rarefy(counts, raters);
  const images = imagesWith(counts, raters);
  return [
    curveOf(along === 'labelers' ? 'people disagree' : 'networks disagree', of, disagree, images, paper),
    curveOf('classes per image', of, distinct, images),
  ];
}

/** With fewer labelers, the networks as they are; or the other way round. */
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
  return [curveOf('type A', of, a, typed, paper?.type_a_pct), curveOf('type C', of, c, typed, paper?.type_c_pct)];
}

function curveOf(
  name: ApiCurve['name'],
  { along, inPaper }: Raters,
  values: Curve,
  images: readonly number[],
  mean?: number,
): ApiCurve {
  return {
    ...{ name, along, points: pointsOf(name, values, images) },
    paper: mean === undefined ? null : { raters: inPaper, mean, std: null },
  };
}

/** One alone cannot disagree with anybody: types and shares begin at two. */
function pointsOf(name: ApiCurve['name'], values: Curve, images: readonly number[]): ApiCurve['points'] {
  return values.map((value, at) => ({
    ...{ raters: at + 1, n: images[at] ?? 0 },
    value: at === 0 && name !== 'classes per image' ? null : value,
  }));
}
