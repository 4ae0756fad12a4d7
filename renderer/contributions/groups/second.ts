import type { ResultsOverview, StudyCard } from '../../../main/contract/api/index.ts';
import type { Group } from '../../../main/contract/results/index.ts';
import { defaultOther, type DesignedGroup, designedGroups, groupText, groupTrend } from '../../results/index.ts';

/**
 * For each kind of networks but the group's own, the group of the design with the nearest mean trend accuracy. In
 * another study its own kind counts too.
 */
export function groupsAtEqualTrend(
  trend: number,
  own: Group,
  overview: ResultsOverview,
  isSameStudy: boolean,
): { group: DesignedGroup; mean: number }[] {
  const kind = (group: Group): string => (group.kind === 'seeds' ? group.architecture : group.kind);
  const known = designedGroups(overview).flatMap(({ group }) => {
    const { mean } = groupTrend(overview, group);
    return mean === null || (isSameStudy && kind(group) === kind(own)) ? [] : [{ group, mean }];
  });
  return [...Map.groupBy(known, ({ group }) => kind(group)).values()].map((groups) =>
    groups.reduce((best, each) => (Math.abs(each.mean - trend) < Math.abs(best.mean - trend) ? each : best)),
  );
}

/**
 * The study that a study is compared with until one is chosen: itself if it has other networks than the first side, else
 * the last changed one with networks of its own. Without one: itself, and both sides are the same.
 */
export function defaultStudy(
  { study, overview, group }: { study: string; overview: ResultsOverview; group: Group },
  studies: readonly Pick<StudyCard, 'name' | 'stimuli' | 'models'>[],
): string {
  if (groupText(defaultOther(overview, group)) !== groupText(group)) return study;
  const other = studies.find(({ name, stimuli, models }) => name !== study && stimuli !== null && models.done > 0);
  return other?.name ?? study;
}

/** Default second group in another study: the group of the same name, if there is one. */
export function defaultGroupIn(overview: ResultsOverview, group: Group): Group {
  const known = new Set(overview.models.map(({ key }) => key));
  const isThere =
    group.kind === 'chosen'
      ? group.models.every((key) => known.has(key))
      : designedGroups(overview).some((other) => groupText(other.group) === groupText(group));
  return isThere ? group : defaultOther(overview, group);
}
