import { imagesWith, rarefy, rarefyTypes, type Curve } from '../../analysis/rarefaction.ts';
import type { RarefactionResult } from '../../contract/api/results-charts.ts';
import { targetOf } from './types.ts';
import { aboutPeople, type GroupResult } from './view.ts';

type ApiCurve = RarefactionResult['curves'][number];

/** The paper's labelers: nine for Table 3. And its networks at each target. */
const paperRaters = { labelers: 9, models: 9 } as const;

/** How what is found depends on how many people and networks there are, exactly. */
export function rarefactionOf(result: GroupResult): RarefactionResult {
  const { people, models } = result;
  const target = targetOf(result);
  const paper = target === null ? undefined : people.paper?.table3[target];
  return {
    ...aboutPeople(people),
    models: models.length,
    curves: [
      ...curvesOf(result, 'labelers', { ...paper, disagree: people.paper?.human_disagree_pct }),
      ...curvesOf(result, 'models', { ...paper, disagree: paper?.nn_disagree_pct }),
    ],
  };
}

interface OfPaper {
  disagree: number | undefined;
  type_a_pct?: number;
  type_c_pct?: number;
}

/** With fewer labelers, the networks as they are; or the other way round. */
function curvesOf({ people, view, models }: GroupResult, along: ApiCurve['along'], paper: OfPaper): ApiCurve[] {
  const { humans } = people.context;
  const ofPeople = along === 'labelers';
  const [counts, raters] = ofPeople ? [humans.counts, people.labelers.length] : [view.counts, models.length];
  const others = (image: number): boolean | null => {
    if (ofPeople) return models.length < 2 ? null : view.group.votes.distinct[image]! > 1;
    const status = humans.view.status[image] ?? null;
    return status === null ? null : status === 'disagree';
  };
  const { disagree, distinct } = rarefy(counts, raters);
  const types = rarefyTypes(counts, raters, ofPeople ? 'people' : 'networks', others);
  const all = imagesWith(counts, raters);
  const typed = imagesWith(counts, raters, (image) => others(image) !== null);
  const curve = (name: ApiCurve['name'], values: Curve, images: readonly number[], mean?: number): ApiCurve => ({
    ...{ name, along, points: pointsOf(name, values, images) },
    paper: mean === undefined ? null : { raters: paperRaters[along], mean, std: null },
  });
  return [
    curve(ofPeople ? 'people disagree' : 'networks disagree', disagree, all, paper.disagree),
    curve('classes per image', distinct, all),
    curve('type A', types.a, typed, paper.type_a_pct),
    curve('type C', types.c, typed, paper.type_c_pct),
  ];
}

/** One alone cannot disagree with anybody: types and shares begin at two. */
function pointsOf(name: ApiCurve['name'], values: Curve, images: readonly number[]): ApiCurve['points'] {
  return values.map((value, at) => ({
    ...{ raters: at + 1, n: images[at] ?? 0 },
    value: at === 0 && name !== 'classes per image' ? null : value,
  }));
}
