/** What `--map` puts in place of a guess, and how a mapping is written as options. */
import { describe, expect, test } from 'vitest';
import type { PeopleMapping } from '../../../main/contributions/answers/contract/panels.ts';
import { asOptions, withChosen } from '../../../main/contributions/answers/panels/chosen-columns.ts';

const classes = ['cat', 'dog', 'owl', 'fox', 'bee', 'ant'];

const wide: PeopleMapping = {
  layout: 'wide',
  kind: 'counts',
  image: 'id',
  classes: { cats: 0, dogs: 1 },
  total: null,
};
const labels: PeopleMapping = { layout: 'labels', kind: 'counts', image: 'id', columns: ['a'], words: { x: 1 } };
type Answers = Extract<PeopleMapping, { layout: 'answers' }>;
const answers = (kind: Answers['kind']): Answers => ({
  layout: 'answers',
  kind,
  image: 'id',
  labeler: 'who',
  label: 'what',
  rating: kind === 'graded' ? 'how' : null,
  words: { x: 1 },
});

const withColumns = (mapping: PeopleMapping, columns: Record<string, string>) =>
  withChosen(mapping, { columns }, classes);
const refused = (mapping: PeopleMapping, part: string): string => {
  try {
    withColumns(mapping, { [part]: 'c' });
  } catch (error) {
    expect(error).toMatchObject({ code: 'option.map', where: '--map' });
    expect(error).toHaveProperty('message', expect.stringContaining(`"${part}" is no part of such a table`));
    return (error as { remedy: string }).remedy;
  }
  return 'not refused';
};

describe('columns', () => {
  test('nothing chosen leaves the guess', () => {
    for (const mapping of [wide, labels, answers('single')]) expect(withChosen(mapping, {}, classes)).toEqual(mapping);
  });

  test('a row for each image and a column for each class', () => {
    expect(withColumns(wide, { image: 'picture', total: 'n' })).toEqual({ ...wide, image: 'picture', total: 'n' });
    expect(withColumns(wide, { total: '' })).toEqual(wide);
    // A class has one column, and a column one class.
    expect(withColumns(wide, { cat: 'kittens' })).toEqual({ ...wide, classes: { kittens: 0, dogs: 1 } });
    expect(withColumns(wide, { owl: 'dogs' })).toEqual({ ...wide, classes: { cats: 0, dogs: 2 } });
    expect(withColumns(wide, { owl: 'owls' })).toEqual({ ...wide, classes: { cats: 0, dogs: 1, owls: 2 } });
    expect(withColumns(wide, { dog: '' })).toEqual({ ...wide, classes: { cats: 0 } });
  });

  test('a row for each image and a column for each label', () => {
    expect(withColumns(labels, { image: '', labels: 'b,c' })).toEqual({ ...labels, image: null, columns: ['b', 'c'] });
  });

  test('a row for each answer', () => {
    const single = answers('single');
    expect(withColumns(single, { image: 'a', labeler: 'b', label: 'c', trials: 'd' })).toEqual({
      ...single,
      image: 'a',
      labeler: 'b',
      label: 'c',
      trials: 'd',
    });
    expect(withColumns(single, { labeler: '' })).toEqual({ ...single, labeler: null });
    expect(withColumns({ ...single, trials: 'd' }, { trials: '' })).toEqual(single);
    expect(withColumns(answers('graded'), { rating: 'r' })).toEqual({ ...answers('graded'), rating: 'r' });
  });

  test('a part that such a table does not have is refused with those that it has', () => {
    const rest = '"=" and a column; --kind says what kind of answers the table has.';
    for (const part of ['labeler', 'labels', 'trials'])
      expect(refused(wide, part)).toBe(`Write one of image, total, cat, dog, owl, fox, bee, ${rest}`);
    for (const part of ['label', 'total', 'cat'])
      expect(refused(labels, part)).toBe(`Write one of image, labels, ${rest}`);
    for (const part of ['labels', 'rating', 'cat'])
      expect(refused(answers('single'), part)).toBe(`Write one of image, labeler, label, trials, ${rest}`);
    for (const part of ['total', 'trials'])
      expect(refused(answers('graded'), part)).toBe(`Write one of image, labeler, label, rating, ${rest}`);
    for (const kind of ['abstain', 'set'] as const)
      for (const part of ['rating', 'trials'])
        expect(refused(answers(kind), part)).toBe(`Write one of image, labeler, label, ${rest}`);
  });
});

test('totals, names set aside and words belong to the tables that have them', () => {
  const chosen = { total: 50, aside: ['ResNet'], words: { y: 2 } };
  expect(withChosen(wide, chosen, classes)).toEqual({ ...wide, total: 50 });
  expect(withChosen(labels, chosen, classes)).toEqual({ ...labels, words: { x: 1, y: 2 } });
  expect(withChosen(answers('set'), chosen, classes)).toEqual({
    ...answers('set'),
    aside: ['ResNet'],
    words: { x: 1, y: 2 },
  });
});

test('a mapping as options gives the same mapping again', () => {
  const written: [PeopleMapping, string[]][] = [
    [wide, ['image=id', 'cat=cats', 'dog=dogs']],
    [{ ...wide, total: 'n', image: null }, ['cat=cats', 'dog=dogs', 'total=n']],
    [{ ...wide, total: 50 }, ['image=id', 'cat=cats', 'dog=dogs']],
    [{ ...labels, columns: ['a', 'b'] }, ['image=id', 'labels=a,b']],
    [{ ...answers('single'), trials: 't' }, ['image=id', 'labeler=who', 'label=what', 'trials=t']],
    [{ ...answers('set'), labeler: null }, ['image=id', 'label=what']],
    [answers('graded'), ['image=id', 'labeler=who', 'label=what', 'rating=how']],
  ];
  for (const [mapping, options] of written) {
    expect(asOptions(mapping, classes)).toEqual(options);
    const columns = Object.fromEntries(options.map((option) => option.split('=')));
    expect(withColumns(mapping, columns)).toEqual(mapping);
  }
});
