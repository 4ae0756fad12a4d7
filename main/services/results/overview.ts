import type { ResultModel, ResultsOverview } from '../../contract/api/results-tables.ts';
import { missing } from '../../analysis/labels.ts';
import { groupBy, pairRows } from '../../analysis/input.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { leftOutOf, type PlannedSnapshot, plannedSnapshots } from './left-out.ts';
import type { Source, SourceModel } from '../analysis-input.ts';

/** What can be chosen of a study. */
export function overviewOf(study: StudyRecord, source: Source | null, storage: Storage): ResultsOverview {
  if (!source) return nothingYet(study);
  const { images, labelers, models, classes } = source;
  const planned = plannedSnapshots(study);
  return {
    rehearsal: labelers.some(({ record }) => record.simulated),
    labelers: labelers.length,
    missing: missingOf(source),
    classes: [...classes],
    images: images.length,
    unsaid: unsaidOf(source),
    determined: determinedOf(source),
    pairs: pairRows(images).map(({ i, j, images: row }) => ({ i, j, images: row.length })),
    alphas: [...new Set(images.map(({ alpha }) => alpha))].sort((a, b) => a - b),
    people: labelers.map(({ record, name, labels }) => ({
      id: record.id,
      pseudonym: name,
      simulated: record.simulated,
      labels: labels.reduce((sum, label) => sum + (label === missing ? 0 : 1), 0),
      source: record.source,
    })),
    models: models.map(toModel),
    ...groupsOf(models, planned),
    leftOut: leftOutOf(storage, study, planned),
    paper: study.spec.dataSet.source === 'mnist',
  };
}

/** Either side alone is something to show: what networks say without labels, what people say without networks. */
function missingOf({ models, labelers }: Source): string | null {
  const isLabelled = labelers.some(({ labels }) => labels.some((label) => label !== missing));
  if (models.length > 0 || isLabelled) return null;
  return 'No network has seen the stimuli yet, and nobody has labelled them.';
}

function unsaidOf({ labelers }: Source): ResultsOverview['unsaid'] {
  const sum = (name: keyof ResultsOverview['unsaid']): number =>
    labelers.reduce((total, { unsaid }) => total + unsaid()[name], 0);
  return { cannotTell: sum('cannotTell'), timedOut: sum('timedOut'), blank: sum('blank') };
}

function determinedOf({ images, labelers }: Source): number {
  const counts = new Uint32Array(images.length);
  for (const { labels } of labelers) labels.forEach((label, image) => (counts[image]! += label === missing ? 0 : 1));
  return counts.filter((count) => count >= 2).length;
}

function toModel({ id, record, input }: SourceModel): ResultModel {
  const { accuracy, group, seed, runId, engine } = record;
  const { name, architecture, target, repeat } = input;
  return { key: id, name, architecture, target, accuracy, group, repeat, seed, runId, engine };
}

type Groups = Pick<ResultsOverview, 'diverse' | 'seeds'>;

/** Groups that have answers, each with how many networks it has and how many it is to have. */
function groupsOf(models: readonly SourceModel[], planned: readonly PlannedSnapshot[]): Groups {
  const inputs = models.map((model) => model.input);
  const places = groupBy(planned, ({ model, architecture, target }) =>
    model.repeat === null ? placeOf(target) : placeOf(target, architecture, model.repeat),
  );
  // A network that the declaration no longer has may still be among the answers.
  const size = (members: readonly unknown[], place: string) => ({
    models: members.length,
    planned: Math.max(members.length, places.get(place)?.length ?? 0),
  });
  const diverse = groupBy(
    inputs.filter(({ repeat }) => repeat === null),
    ({ target }) => target,
  );
  const cells = groupBy(
    inputs.filter(({ repeat }) => repeat !== null),
    ({ architecture, target }) => `${architecture} ${target}`,
  );
  return {
    diverse: [...diverse]
      .map(([target, all]) => ({ target, ...size(all, placeOf(target)) }))
      .sort((a, b) => a.target - b.target),
    seeds: [...cells.values()]
      .map((all) => {
        const { architecture, target } = all[0]!;
        const repeats = [...groupBy(all, ({ repeat }) => repeat ?? 0)]
          .map(([repeat, members]) => ({ repeat, ...size(members, placeOf(target, architecture, repeat)) }))
          .sort((a, b) => a.repeat - b.repeat);
        return { architecture, target, repeats };
      })
      .sort((a, b) => a.architecture.localeCompare(b.architecture, 'en') || a.target - b.target),
  };
}

const placeOf = (target: number, architecture = '', repeat = 0): string => `${target} ${architecture} ${repeat}`;

function nothingYet(study: StudyRecord): ResultsOverview {
  const empty = { images: 0, determined: 0, pairs: [], alphas: [], people: [], models: [], diverse: [], seeds: [] };
  return {
    ...{ rehearsal: false, labelers: 0, missing: 'The study has no frozen stimuli yet.', classes: [], ...empty },
    unsaid: { cannotTell: 0, timedOut: 0, blank: 0 },
    leftOut: [],
    paper: study.spec.dataSet.source === 'mnist',
  };
}
