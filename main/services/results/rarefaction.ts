import { rarefy, rarefyWhere, type Curve } from '../../analysis/rarefaction.ts';
import type { RarefactionResult } from '../../contract/api/results-charts.ts';
import { targetOf } from './types.ts';
import { aboutPeople, type GroupResult } from './view.ts';

type ApiCurve = RarefactionResult['curves'][number];

/** The paper's labelers: nine for Table 3. And its networks at each target. */
const paperLabelers = 9;
const paperModels = 9;

/** How what is found depends on how many people and networks there are, exactly. */
export function rarefactionOf(result: GroupResult): RarefactionResult {
  const { people, view, models } = result;
  const { humans } = people.context;
  const target = targetOf(result);
  const paper = target === null ? undefined : people.paper?.table3[target];
  const ofPeople = rarefy(humans.counts, people.labelers.length);
  const ofModels = rarefy(view.counts, models.length);
  const status = (image: number) => humans.view.status[image] ?? null;
  const split = (image: number): boolean => view.group.votes.distinct[image]! > 1;
  const enough = models.length >= 2;
  const along = (name: ApiCurve['name'], whose: ApiCurve['along'], curve: Curve, value?: number): ApiCurve => ({
    name,
    along: whose,
    // One alone cannot disagree with anybody: types and shares begin at two.
    points: curve.map((mean, at) => ({
      raters: at + 1,
      value: at === 0 && name !== 'classes per image' ? null : mean,
    })),
    paper:
      value === undefined
        ? null
        : { raters: whose === 'labelers' ? paperLabelers : paperModels, mean: value, std: null },
  });
  const typeBy = (whose: ApiCurve['along'], type: 'A' | 'C', value?: number): ApiCurve =>
    along(
      type === 'A' ? 'type A' : 'type C',
      whose,
      whose === 'labelers'
        ? rarefyWhere(humans.counts, people.labelers.length, type === 'A' ? 'whole' : 'split', (image) =>
            enough ? split(image) === (type === 'A') : null,
          )
        : rarefyWhere(view.counts, models.length, type === 'A' ? 'split' : 'whole', (image) => {
            const humanStatus = status(image);
            return humanStatus === null ? null : (humanStatus === 'agree') === (type === 'A');
          }),
      value,
    );
  return {
    ...aboutPeople(people),
    models: models.length,
    curves: [
      along('people disagree', 'labelers', ofPeople.disagree, people.paper?.human_disagree_pct),
      along('classes per image', 'labelers', ofPeople.distinct),
      typeBy('labelers', 'A', paper?.type_a_pct),
      typeBy('labelers', 'C', paper?.type_c_pct),
      along('networks disagree', 'models', ofModels.disagree, paper?.nn_disagree_pct),
      along('classes per image', 'models', ofModels.distinct),
      typeBy('models', 'A', paper?.type_a_pct),
      typeBy('models', 'C', paper?.type_c_pct),
    ],
  };
}
