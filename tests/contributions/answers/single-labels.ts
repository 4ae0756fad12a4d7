import type { PeopleMapping } from '../../../main/contributions/answers/contract/panels.ts';

/** How a table with single labels is read. @param columns by what they have */
export const singleLabels = (
  words: Record<string, number | null>,
  columns: { image?: string; labeler?: string; label?: string; trials?: string } = {},
): Extract<PeopleMapping, { layout: 'answers' }> => ({
  layout: 'answers',
  kind: 'single',
  image: 'image',
  labeler: 'labeler',
  label: 'label',
  rating: null,
  words,
  ...columns,
});
