import type { AnalysisInput, ModelInput } from '../../main/analysis/outcomes/input.ts';
import { paperPairs } from '../../main/domain/anchors/pair-design.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { labeling, labelMatrix } from './people.ts';

/** The paper's pairs with three images each, and fresh anchors. */
export const images = paperPairs.flatMap(([pairI, pairJ], pair) =>
  [0.2, 0.5, 0.8].map((alpha, step) => ({
    id: 3 * pair + step,
    pairI,
    pairJ,
    alpha,
    anchorI: `${pair}`,
    anchorJ: `${pair}`,
  })),
);
interface Shape {
  models: ModelInput[];
  /** A label of a labeler on an image; -1: none. */
  people: (labeler: number, image: number) => number;
  network?: (model: number, image: number) => number;
}

export function study({ models, people, network }: Shape): AnalysisInput {
  const random = randomStream(3, 'claims');
  const drawn = models.flatMap((_, model) =>
    images.map(({ pairI, pairJ }, image) => network?.(model, image) ?? (random.float() < 0.7 ? pairI : pairJ)),
  );
  return {
    images,
    classes: 10,
    people: labeling(
      [...'ABCDEF'],
      labelMatrix(
        Array.from({ length: 6 }, (_, labeler) => images.map((_, image) => people(labeler, image))),
        10,
      ),
    ),
    models,
    modelLabels: Int16Array.from(drawn),
    softmax: Float64Array.from(drawn.flatMap((label) => Array.from({ length: 10 }, (_, k) => (k === label ? 1 : 0)))),
  };
}

export const model = (name: string, target: number, change: Partial<ModelInput> = {}): ModelInput => ({
  name: `${name}-${target}`,
  architecture: 'CNN',
  target,
  repeat: null,
  seed: null,
  ...change,
});
/** A label of everybody. */
export const second = (_: number, image: number): number => images[image]?.pairJ ?? 0;
