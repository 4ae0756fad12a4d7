/**
 * What is known of tables and folders of the toolbox model-vs-human (Geirhos et al. 2021, github.com/bethgelab/model-vs-human):
 * rows of people and models have the same columns, and names of image files tell condition and category.
 */

/** Columns of its tables; of some, capitals differ. */
export const toolboxColumns = [
  ...['subj', 'session', 'trial', 'rt', 'object_response', 'category', 'condition', 'imagename'],
] as const;

/** Whether a column has the names of people and models together. */
export const hasPeopleAndModels = (column: string | null | undefined): boolean => column?.toLowerCase() === 'subj';

/** Whether columns are those of the toolbox, as far as an import needs them. */
export function isToolboxTable(columns: readonly string[]): boolean {
  const lower = new Set(columns.map((name) => name.trim().toLowerCase()));
  return ['subj', 'object_response', 'imagename'].every((name) => lower.has(name));
}

/** A person by the toolbox's own rule; all others are models. */
export const isPersonName = (name: string): boolean => name.trim().startsWith('subject-');

/** Names that are no people; none where nobody is called as the toolbox calls people, as then all of them may be. */
export const modelsAmong = (names: readonly string[]): string[] =>
  names.some(isPersonName) ? names.filter((name) => !isPersonName(name)) : [];

/** Trial, experiment, and the person or `dnn` for whom the file was copied; then condition, category, and the image. */
const copiedName = /^\d+_[^_]+_(?:dnn|s\d+)_(?=([^_]+)_([^_]+)_.)/;

/** Condition and category in the name of an image file; null: its name has neither. */
export function partsOfName(name: string): { condition: string; category: string } | null {
  const [, condition, category] = copiedName.exec(name) ?? [];
  return condition === undefined || category === undefined ? null : { condition, category };
}

/**
 * The name without what differs between the copies for people and models: `0001_cl_s01_cr_oven_40_n04111531_14126` and
 * `0723_cl_dnn_cr_oven_40_n04111531_14126` show the same image.
 */
export const nameOfImage = (name: string): string => name.replace(copiedName, '');
