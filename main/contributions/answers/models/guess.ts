import type { AnswersMapping, AnswersPreview, WantedMapping } from '../contract/outside-models.ts';
import { guessColumns } from '../tables/columns.ts';

/** A file's name without its ending, for a model that has no name of its own. */
export const modelName = (file: string): string =>
  file.replace(/\.([a-z0-9]{1,5}|parquet)$/i, '').slice(0, 90) || 'model';

const modelColumns = ['model', 'model_name', 'network', 'classifier', 'subj'];
const confidenceColumns = ['confidence', 'probability', 'score', 'max_softmax', 'top1_prob', 'prob'];

/** A column for each class: named like the class, maybe after `p_` or the like, or p0, p1, ...; null: there are none. */
function softmaxColumns(names: readonly string[], classes: readonly string[]): string[] | null {
  const bare = (name: string): string => name.toLowerCase().replace(/^(p|prob|probability|softmax)[_ .-]/, '');
  const named = classes.map((label) => names.filter((name) => bare(name) === label.toLowerCase()));
  if (named.every((found) => found.length === 1)) return named.flat();
  const numbered = classes.map((_, k) =>
    names.find(
      (name) => /^(p|probs?|probabilit(y|ies)|softmax)[_ ]?\d+$/i.test(name) && Number(/\d+$/.exec(name)) === k,
    ),
  );
  const found = numbered.flatMap((name) => name ?? []);
  return found.length === classes.length ? found : null;
}

/** How a table's columns are probably read. */
export function guessMapping(names: readonly string[], name: string, classes: readonly string[]): AnswersMapping {
  const guess = guessColumns(names);
  const softmax = softmaxColumns(names, classes);
  const free = (column: string | null | undefined): string | null =>
    column != null && !softmax?.includes(column) ? column : null;
  const like = (known: readonly string[]): string | null =>
    free(known.flatMap((each) => names.find((column) => column.toLowerCase() === each) ?? [])[0]);
  return {
    image: free(guess.image),
    model: like(modelColumns),
    name: modelName(name),
    classes: {},
    label: free(guess.label),
    confidence: softmax === null ? like(confidenceColumns) : null,
    softmax,
    normalise: false,
  };
}

export const spellingsOf = (labels: AnswersPreview['labels']): AnswersMapping['classes'] =>
  Object.fromEntries(labels.flatMap(({ text, guess }) => (guess === null ? [] : [[text, guess] as const])));

/** A guess with what a person chose in its place. */
export const withWanted = (guess: AnswersMapping, wanted: WantedMapping): AnswersMapping => ({
  ...guess,
  ...(Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Partial<AnswersMapping>),
});
