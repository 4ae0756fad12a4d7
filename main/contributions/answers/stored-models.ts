import type { ArchivedModel, StoredModels } from '../../services/workbench/index.ts';
import { answersSpecSchema } from './contract/outside-models.ts';
import { OutsideModels } from './models/outside-models.ts';
import { otherAnswersOf } from './storage/panels.ts';

/** Models of which only answers are known, which have no files, and panels. */
export const storedModels: StoredModels = {
  module: 'contributions/answers/stored-models',
  of: (database) => new OutsideModels(database),
  answersOf: otherAnswersOf,
  kinds: {
    table: (model) =>
      saysWhatItNames(model) ? { files: [] } : { fault: 'a table of answers is not the one that its hash names' },
  },
};

/** Whether the answers of a table are those that its identity is made of. */
function saysWhatItNames({ spec, predictions }: ArchivedModel): boolean {
  const { data: named } = answersSpecSchema.safeParse(spec);
  return (
    named !== undefined &&
    predictions.length <= 1 &&
    predictions.every(
      ({ setHash, labels, softmax, confidence }) =>
        setHash === named.set &&
        labels === named.labels &&
        softmax === (named.softmax ?? null) &&
        confidence === (named.confidence ?? null),
    )
  );
}
