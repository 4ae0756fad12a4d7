import { imageCounts } from '../../analysis/labels.ts';
import type { LabelRow } from '../../contract/api/results.ts';
import type { ImageRow } from '../../contract/api/results-tables.ts';
import { aboutPeople, type GroupResult, type PeopleView } from './view.ts';

/** Every image under one group. */
export function imagesOf(result: GroupResult) {
  const { people, models } = result;
  return {
    ...aboutPeople(people),
    models: models.length,
    rows: people.context.input.images.map((_, image) => imageRow(result, image)),
  };
}

/** Every image with the labels that people gave. */
export function labelsOf(people: PeopleView) {
  const { context, source } = people;
  const rows = source.images.map(({ id, pairI, pairJ, alpha }, image): LabelRow => {
    return { id, i: pairI, j: pairJ, alpha, people: [...imageCounts(context.humans.counts, image)] };
  });
  return { ...aboutPeople(people), rows };
}

export function imageRow({ people, view, analysis }: GroupResult, image: number): ImageRow {
  const { context, humans, source } = people;
  const { id, pairI, pairJ, alpha } = source.images[image]!;
  const votes = imageCounts(view.counts, image);
  const tops = view.softmax.passes.reduce((sum, { top }) => sum + top[image]!, 0);
  return {
    ...{ id, i: pairI, j: pairJ, alpha },
    type: view.classified.classes[image] ?? null,
    shade: analysis.fig4.shade[image] ?? null,
    exception: view.classified.exception[image] ?? false,
    people: [...imageCounts(context.humans.counts, image)],
    votes: [...votes],
    peopleModes: humans.modal_labels[image] ?? [],
    votesModes: modes(votes),
    peopleCertainty: humans.certainty_pct[image] ?? null,
    votesCertainty: analysis.model_certainty_pct[image] ?? null,
    peopleEntropy: humans.entropy_bits[image] ?? null,
    votesEntropy: analysis.entropy.vote_bits[image] ?? null,
    predictiveEntropy: analysis.entropy.predictive_bits[image]!,
    epistemic: analysis.uncertainty.epistemic_bits[image]!,
    meanMaxSoftmax: tops / view.softmax.passes.length,
    divergence: view.distances.js_bits[image] ?? null,
    wrong: view.wrongShare[image]!,
  };
}

function modes(counts: Uint32Array): number[] {
  const top = counts.reduce((a, b) => Math.max(a, b), 0);
  return [...counts.keys()].filter((k) => top > 0 && counts[k] === top);
}
