import { expect, test } from 'vitest';
import { guessMapping } from '../../../main/contributions/answers/panels/guess.ts';
import { readingOf } from '../../../main/contributions/answers/panels/read.ts';

const classes = ['cat', 'dog', 'eel'];
const seen = (columns: string[], ...rows: string[][]) => ({ columns, rows, classes, isOrdered: false });

test('how many people are in a table is known unless it has counts, or does not tell people apart', () => {
  const row = (pseudonym: string | null, amount: number) => ({ pseudonym, amount, answers: '' });
  const rows = [row('P1', 4), row('P2', 3)];
  const findings = { rows: 7, images: 7, unknownImages: { count: 0, names: [] }, empty: 0, withdrawn: 0 };
  expect(readingOf('abstain', { rows, findings })).toEqual({ people: 2, answers: 7, findings });
  expect(readingOf('counts', { rows: [row(null, 12)], findings })).toEqual({ people: null, answers: 12, findings });
  const anonymous = { ...findings, anonymous: true as const };
  expect(readingOf('graded', { rows, findings: anonymous })).toEqual({ people: null, answers: 7, findings: anonymous });
});

test('single labels are no answers of another kind, unless some are unsure or the table is the toolbox’s', () => {
  const columns = ['image', 'labeler', 'label'];
  const answers = { layout: 'answers', image: 'image', labeler: 'labeler', rating: null, words: {}, label: 'label' };
  const plain = seen(columns, ['0', 'P1', 'cat'], ['1', 'P1', 'dog']);
  expect(guessMapping(plain, null)).toEqual({ ...answers, kind: 'single', label: 'label' });
  expect(guessMapping(plain, 'abstain')).toEqual({ ...answers, kind: 'abstain' });
  for (const unsure of ['?', 'can’t tell', 'Cannot tell', 'don’t know', 'DK']) {
    expect(guessMapping(seen(columns, ['0', 'P1', 'cat'], ['1', 'P1', unsure]), null)).toEqual({
      ...answers,
      kind: 'abstain',
    });
  }
  const toolbox = seen(['subj', 'imagename', 'object_response'], ['subject-01', 'a.png', 'cat']);
  expect(guessMapping(toolbox, null)).toEqual({
    ...answers,
    kind: 'abstain',
    image: 'imagename',
    labeler: 'subj',
    label: 'object_response',
  });
});

test('several labels in a cell are a set, a rating beside a label grades it, and only the kind that is wanted is taken', () => {
  const columns = ['image', 'labeler', 'label'];
  const answers = { layout: 'answers', image: 'image', labeler: 'labeler', rating: null, words: {}, label: 'label' };
  const several = seen(columns, ['0', 'P1', 'cat'], ['1', 'P1', 'cat|dog']);
  expect(guessMapping(several, null)).toEqual({ ...answers, kind: 'set' });
  expect(guessMapping(several, 'abstain')).toEqual({ ...answers, kind: 'abstain' });
  expect(guessMapping(several, 'graded')).toBeNull();
  expect(guessMapping(seen(columns, ['0', 'P1', 'cat']), 'set')).toEqual({ ...answers, kind: 'set' });
  const rated = seen([...columns, 'rating'], ['0', 'P1', 'cat', '0.5']);
  expect(guessMapping(rated, null)).toEqual({ ...answers, kind: 'graded', rating: 'rating' });
  expect(guessMapping(rated, 'graded')).toEqual({ ...answers, kind: 'graded', rating: 'rating' });
  expect(guessMapping(rated, 'counts')).toBeNull();
});
