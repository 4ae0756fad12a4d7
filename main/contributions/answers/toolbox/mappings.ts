import type { PeopleMapping } from '../contract/panels.ts';
import type { AnswersMapping } from '../contract/outside-models.ts';
import type { SourceOf } from '../../../domain/data/index.ts';
import type { DataSetRecord } from '../../../contract/api/index.ts';

type FolderSource = SourceOf<'folder'>;

/** The categories that tables name, by class. */
export const categoriesOf = (
  { folders }: FolderSource,
  { classes }: Pick<DataSetRecord, 'classes'>,
): readonly string[] => folders ?? classes;

/** Meanings of the answers: a class each, whatever the study calls it. */
const meanings = (source: FolderSource, classes: readonly string[]): Record<string, number> =>
  Object.fromEntries(categoriesOf(source, { classes: [...classes] }).map((category, label) => [category, label]));

/** How the answers of people are read from the gathered tables. @param aside all other names */
export const peopleMapping = (source: FolderSource, classes: readonly string[], aside: string[]): PeopleMapping => ({
  layout: 'answers',
  kind: 'abstain',
  image: 'imagename',
  labeler: 'subj',
  label: 'object_response',
  rating: null,
  words: { ...meanings(source, classes), na: null },
  aside,
});

/** How the answers of models are read from them. */
export const modelsMapping = (source: FolderSource, classes: readonly string[], aside: string[]): AnswersMapping => ({
  image: 'imagename',
  model: 'subj',
  name: 'model',
  aside,
  label: 'object_response',
  classes: meanings(source, classes),
  confidence: null,
  softmax: null,
  normalise: false,
});
