/**
 * What is known of a model's answers besides a label of each image: nothing more, its confidence in that label (which
 * stands for the largest softmax), or all K softmax values. What needs more than is known is null.
 */
export type Answers = 'labels' | 'confidence' | 'softmax';

const order = ['labels', 'confidence', 'softmax'] as const satisfies readonly Answers[];

interface Answering {
  readonly answers?: Exclude<Answers, 'softmax'>;
}

/** What is known where these are known; null: it is not. */
export const knownAnswers = ({ softmax, confidence }: { softmax: unknown; confidence: unknown }): Answers =>
  softmax !== null ? 'softmax' : confidence === null ? 'labels' : 'confidence';

export const answersOf = ({ answers }: Answering): Answers => answers ?? 'softmax';

/** The least that is known of any of these models. */
export const groupAnswers = (models: readonly Answering[]): Answers =>
  order.find((least) => models.some((model) => answersOf(model) === least)) ?? 'softmax';

/** Whether what needs `wanted` can be computed from `known`. */
export const suffices = (known: Answers, wanted: Answers): boolean => order.indexOf(known) >= order.indexOf(wanted);

/** Why what needs `wanted` is undefined, a sentence; null: that is no reason. */
export function whyNotKnown(known: Answers | undefined, wanted: Answers): string | null {
  if (known === undefined || suffices(known, wanted)) return null;
  return known === 'labels'
    ? 'Of a model of this group only its labels are known, not its softmax.'
    : 'Of a model of this group only labels and confidences are known, not its softmax.';
}

/**
 * Rows that stand for an unknown softmax, `[image][k]`: the confidence, or 1, at the label, and 0 elsewhere. Their largest
 * value is right where confidences are known; what else is computed from them is taken away by `withoutUnknown`.
 */
export function rowsOfLabels(
  labels: ArrayLike<number>,
  confidence: Float32Array | null,
  classes: number,
): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  for (let image = 0; image < labels.length; image++) {
    rows[image * classes + labels[image]!] = confidence ? confidence[image]! : 1;
  }
  return rows;
}
