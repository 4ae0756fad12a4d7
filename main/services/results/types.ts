import type { ShownStatistic } from '../../analysis/group-intervals.ts';
import { imageClasses } from '../../analysis/image-types.ts';
import type { TypesResult } from '../../contract/api/results-tables.ts';
import { paperTypes } from '../../reports/paper-values.ts';
import { leaveOneOutOf } from './people.ts';
import { intervalsOf, noDetermined, single, tooFewModels } from './quantity.ts';
import { aboutPeople, type GroupResult } from './view.ts';

/** Table 1 with the images behind each number, and the shares of Table 3. */
export function typesOf(result: GroupResult): TypesResult {
  const { people, analysis, view, models } = result;
  const ids = people.context.input.imageIds;
  const { types } = analysis;
  const determined = people.context.humans.view.determined;
  const because = whyNoType(result);
  const pick = (holds: (image: number) => boolean): number[] => ids.filter((_, image) => holds(image));
  const share = (value: number | null, paper: number | null | undefined, interval = null as Interval): Share =>
    single(value, determined, 'images', {
      because,
      interval,
      paper: typeof paper === 'number' ? { mean: paper, std: null } : null,
    });
  const target = targetOf(result);
  const row = target === null ? undefined : people.paper?.table3[target];
  const counts = target === null ? null : paperTypes(people.paper, target);
  const paperShare = {
    type_a: row?.type_a_pct,
    type_c: row?.type_c_pct,
    both_agree: undefined,
    both_disagree: undefined,
  };
  const own = (name: ShownStatistic) => intervalsOf(analysis.intervals, name);
  const intervals = {
    type_a: own('type_a_pct'),
    type_c: own('type_c_pct'),
    both_agree: own('both_agree_pct'),
    both_disagree: own('both_disagree_pct'),
  };
  return {
    ...aboutPeople(people),
    models: models.length,
    undefined: types === null || determined === 0 ? because : null,
    undetermined: pick((image) => people.context.humans.view.status[image] === null),
    cells: imageClasses.map((type) => ({
      type,
      images: pick((image) => view.classified.classes[image] === type),
      share: share(
        types && determined > 0 ? (100 * types.counts[type]) / determined : null,
        paperShare[type],
        intervals[type],
      ),
      paperCount: counts?.[type] ?? null,
    })),
    exceptions: pick((image) => view.classified.exception[image] === true),
    networksDisagree: share(types?.nn_disagree_pct ?? null, row?.nn_disagree_pct, own('nn_disagree_pct')),
    peopleDisagree: share(
      people.humans.disagree_pct,
      people.paper?.human_disagree_pct,
      intervalsOf(people.humans.intervals, 'disagree_pct'),
    ),
    typeB: share(types?.type_b_pct ?? null, null, own('type_b_pct')),
    misclassified: share(types?.misclassified_across_pct ?? null, paperAcross(result), own('misclassified_across_pct')),
    leaveOneOut: leaveOneOutOf(people),
  };
}

/** Why no image has a type, where none has. */
export const whyNoType = ({ people, models }: GroupResult): string =>
  models.length < 2 ? tooFewModels : noDetermined(people);

type Share = TypesResult['networksDisagree'];
type Interval = (Parameters<typeof single>[3]['interval'] & object) | null;

/** The paper's values are those of diverse groups. */
export const targetOf = ({ group }: GroupResult): string | null =>
  group.kind === 'diverse' ? String(group.target) : null;

function paperAcross(result: GroupResult): number | null {
  const target = targetOf(result);
  return target === null ? null : (result.people.paper?.table2[target]?.misclassified_across_pct ?? null);
}
