import { type PanelKind, panelAnswersSchemas, type StoredAnswers } from '../contract/responses.ts';

/** Images and classes of a stimulus set. */
interface Bounds {
  ids: ReadonlySet<number>;
  classes: number;
}

/**
 * Checks answers of a kind, as they are stored, and gives them back: images of the set in ascending order, classes of the set
 * in ascending order. @throws ZodError, RangeError
 */
export function checkAnswers<Kind extends PanelKind>(
  kind: Kind,
  given: unknown,
  { ids, classes }: Bounds,
): StoredAnswers<Kind> {
  const answers = panelAnswersSchemas[kind].parse(given) as StoredAnswers<Kind>;
  let last = -1;
  for (const [image, answer] of answers) {
    if (image <= last || !ids.has(image)) throw new RangeError(`image ${image} is unknown or out of order`);
    last = image;
    let before = -1;
    for (const label of labelsOf(answer)) {
      if (label <= before || label >= classes) throw new RangeError(`class ${label} is unknown or out of order`);
      before = label;
    }
  }
  return answers;
}

/** Number of answers; of counts: of labels. */
export const amountOf = <Kind extends PanelKind>(kind: Kind, answers: StoredAnswers<Kind>): number =>
  kind === 'counts'
    ? (answers as StoredAnswers<'counts'>).reduce((sum, [, counts]) => sum + counts.reduce((n, [, c]) => n + c, 0), 0)
    : answers.length;

const labelsOf = (answer: StoredAnswers[number][1]): number[] =>
  answer === null
    ? []
    : typeof answer === 'number'
      ? [answer]
      : answer.map((each) => (typeof each === 'number' ? each : each[0]));
