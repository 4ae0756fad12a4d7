import fc from 'fast-check';
import type { AnalysisInput, ModelInput } from '../../main/analysis/outcomes/input.ts';
import { type Labeled, labeling, labelMatrix } from './people.ts';

/** A small study as rows, easy to reorder; -1 is a missing label. */
export interface SmallStudy {
  readonly classes: number;
  readonly ids: readonly number[];
  readonly labelers: readonly { readonly name: string; readonly labels: readonly number[] }[];
  readonly models: readonly (ModelInput & { readonly labels: readonly number[]; readonly max: readonly number[] })[];
}

/** Shapes small enough that ties, unanimity, missing labels and exceptions are all frequent. */
export const smallStudies: fc.Arbitrary<SmallStudy> = fc
  .record({ classes: fc.integer({ min: 2, max: 4 }), images: fc.integer({ min: 1, max: 12 }) })
  .chain(({ classes, images }) => {
    const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: images, maxLength: images });
    const truth = list(fc.integer({ min: 0, max: classes - 1 }));
    /** Mostly the truth, now and then another label; `lowest` -1 allows missing ones. */
    const labels = (lowest: number) =>
      fc.tuple(truth, list(fc.tuple(fc.nat(3), fc.integer({ min: lowest, max: classes - 1 }))));
    const model = fc.record({
      architecture: fc.constantFrom('CNN', 'ViT'),
      target: fc.constantFrom(97.5, 98),
      repeat: fc.option(fc.integer({ min: 1, max: 3 })),
      noise: labels(0),
      max: list(fc.double({ min: 0.25, max: 1, noNaN: true })),
    });
    return fc.record({
      classes: fc.constant(classes),
      truth,
      ids: fc.uniqueArray(fc.nat(1000), { minLength: images, maxLength: images }),
      people: fc.array(labels(-1), { maxLength: 6 }),
      networks: fc.array(model, { maxLength: 10 }),
    });
  })
  .map(({ classes, truth, ids, people, networks }) => {
    const disturb = ([, noise]: [number[], [number, number][]]): number[] =>
      noise.map(([chance, other], image) => (chance === 0 ? other : truth[image]!));
    return {
      classes,
      ids,
      labelers: people.map((noise, index) => ({ name: `H${index}`, labels: disturb(noise) })),
      models: networks.map(({ noise, ...model }, index) => ({
        ...model,
        name: `M${index}`,
        seed: index,
        labels: disturb(noise),
      })),
    };
  });

/** An input with all softmax values at once. */
type WholeInput = Extract<AnalysisInput, { softmax: unknown }> & { people: Labeled };

export function inputOf({ classes, ids, labelers, models }: SmallStudy): WholeInput {
  return {
    classes,
    // Two pairs where there are three classes, so that flip points and pair-level resampling have something to do.
    images: ids.map((id) => ({ id, pairI: 0, pairJ: classes > 2 && id % 2 === 0 ? 2 : 1, alpha: (id % 11) / 10 })),
    people: labeling(
      labelers.map(({ name }) => name),
      labelMatrix(
        labelers.map(({ labels }) => labels),
        classes,
        ids.length,
      ),
    ),
    models: models.map(({ labels: _, max: __, ...model }) => model),
    modelLabels: Int16Array.from(models.flatMap(({ labels }) => labels)),
    softmax: Float64Array.from(
      models.flatMap(({ labels, max }) => labels.flatMap((label, image) => softmaxRow(classes, label, max[image]!))),
    ),
  };
}

/** `top` for the label, and the rest among the others; with a small top the label is not the likeliest class. */
function softmaxRow(classes: number, label: number, top: number): number[] {
  return Array.from({ length: classes }, (_, k) => (k === label ? top : (1 - top) / (classes - 1)));
}

/** The same study with its images, labelers and models in another order. */
export function reorder(study: SmallStudy, seed: number): SmallStudy {
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item, index) => ({ item, key: Math.imul(index + 1, 2_654_435_761 ^ seed) >>> 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  const order = shuffled(study.ids.map((_, index) => index));
  const pick = <T>(items: readonly T[]): T[] => order.map((index) => items[index]!);
  return {
    classes: study.classes,
    ids: pick(study.ids),
    labelers: shuffled(study.labelers).map((labeler) => ({ ...labeler, labels: pick(labeler.labels) })),
    models: shuffled(study.models).map((model) => ({ ...model, labels: pick(model.labels), max: pick(model.max) })),
  };
}

/** The same study with its classes called otherwise: class k becomes `names[k]`. */
export function renameClasses(study: SmallStudy, names: readonly number[]): SmallStudy {
  const rename = (label: number): number => (label < 0 ? label : names[label]!);
  return {
    ...study,
    labelers: study.labelers.map((labeler) => ({ ...labeler, labels: labeler.labels.map(rename) })),
    models: study.models.map((model) => ({ ...model, labels: model.labels.map(rename) })),
  };
}

/** The same study with further classes that nobody names and no image lies between: class k becomes k * stride. */
export function withFurtherClasses(input: WholeInput, classes: number, stride: number): WholeInput {
  const moved = (label: number): number => (label < 0 ? label : label * stride);
  const movedPair = (classIndex: number | null): number | null => classIndex && classIndex * stride;
  const rows = input.softmax.length / input.classes;
  const softmax = new Float64Array(rows * classes);
  input.softmax.forEach((value, n) => {
    softmax[Math.floor(n / input.classes) * classes + (n % input.classes) * stride] = value;
  });
  return {
    ...input,
    classes,
    softmax,
    images: input.images.map((image) => ({ ...image, pairI: movedPair(image.pairI), pairJ: movedPair(image.pairJ) })),
    people: {
      ...input.people,
      labels: { ...input.people.labels, classes, values: input.people.labels.values.map(moved) },
    },
    modelLabels: input.modelLabels.map(moved),
  };
}
