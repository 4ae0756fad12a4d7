import type { Overview } from '../../contract/api/studies.ts';
import { diverseGroups } from '../../analysis/groups.ts';
import { viewHumans } from '../../analysis/humans.ts';
import { classifyImages, countTypes } from '../../analysis/image-types.ts';
import { missing, tally } from '../../analysis/labels.ts';
import { orderInput } from '../../analysis/input.ts';
import { canonicalJson } from '../../domain/identity.ts';
import { readStudyData } from '../analysis-input.ts';
import type { Facts } from './facts.ts';

export type ImageTypes = NonNullable<Overview['types']>;

/** More would be too much to read for a glance. */
const maxModels = 100;

/** What was worked out last, a study each, and what of. */
class Kept<Value> {
  readonly #known = new Map<number, { of: string; value: Value }>();

  value(study: number, of: unknown, work: () => Value): Value {
    const key = canonicalJson(of);
    const before = this.#known.get(study);
    if (before?.of === key) return before.value;
    const value = work();
    this.#known.set(study, { of: key, value });
    return value;
  }
}

/** Who counts: excluding one and taking another in again changes no label and no number of people. */
const labelersOf = ({ bench, record }: Facts): number[] =>
  bench.storage.labelers.ofStudy(record.id).map(({ id }) => id);

const types = new Kept<ImageTypes | null>();
const people = new Kept<PeopleAlone | null>();

/**
 * Classes of images in the diverse group at its lowest target. Null without two labelers and two such models. Kept
 * until a label or a prediction changes.
 */
export function imageTypes(facts: Facts): ImageTypes | null {
  const { bench, record, models, set, figures } = facts;
  const diverse = models.filter(({ group, prediction }) => group === 'diverse' && prediction !== null);
  const target = diverse[0]?.target;
  const members = diverse.filter((model) => model.target === target);
  if (!set || target === undefined || members.length < 2 || members.length > maxModels) return null;
  const of = [set.hash, members.map(({ prediction }) => prediction), figures.lastLabel, labelersOf(facts)];
  return types.value(record.id, of, () => {
    const wanted = new Set(members.map(({ weights }) => weights));
    const data = readStudyData(bench, record.id, (model) => model.target === target && wanted.has(model.weights));
    if (!data) return null;
    const ordered = orderInput(data.input);
    const group = diverseGroups(ordered)[0];
    const counted = group && countTypes(group, classifyImages(group, viewHumans(tally(ordered.humanLabels))));
    return counted && counted.n_images > 0
      ? { target, models: members.length, determined: counted.n_images, ...counted.counts }
      : null;
  });
}

interface PeopleAlone {
  disagree: number;
  determined: number;
}

/** Images on which people disagree, of those with two labels; null where nobody has labelled any. Kept until a label changes. */
export function peopleAlone(facts: Facts): PeopleAlone | null {
  const { bench, record, set, figures } = facts;
  if (!set || figures.labelers === 0) return null;
  return people.value(record.id, [set.hash, figures.lastLabel, labelersOf(facts)], () => {
    const { labels } = bench.storage.responses.table(record.id, set.hash);
    const values = Int16Array.from(labels.flat(), (label) => label ?? missing);
    if (values.every((label) => label === missing)) return null;
    const { images, classes } = set;
    const view = viewHumans(tally({ raters: labels.length, images: images.length, classes: classes.length, values }));
    return { disagree: view.determined - view.agreed, determined: view.determined };
  });
}
