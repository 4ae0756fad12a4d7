import { expect, test } from 'vitest';
import {
  mostPrompts,
  type TextMapping,
  textMappingSchema,
} from '../../../../main/contributions/outside/contract/outside.ts';
import { promptProblem, promptsOf, templateSets } from '../../../../main/contributions/outside/model/prompts.ts';

const classes = ['cat', 'hot_dog'];
const text: TextMapping = {
  ids: 'ids',
  mask: null,
  output: 'y',
  element: 'int64',
  length: 77,
  pad: 0,
  scale: 100,
  templates: ['a photo of a {class}.'],
  words: [['cat'], ['hot dog']],
};

test('sets of templates have their sizes and can be used, each under a name of its own', () => {
  expect(templateSets.map(({ templates }) => templates.length)).toEqual([1, 7, 18, 1]);
  for (const { templates } of templateSets) {
    expect(promptProblem({ ...text, templates: [...templates] }, classes)).toBeNull();
    expect(new Set(templates).size).toBe(templates.length);
  }
  expect(new Set(templateSets.map(({ name }) => name)).size).toBe(templateSets.length);
  const [prompts] = promptsOf({ templates: [...templateSets[3]!.templates], words: [['7']] });
  expect(prompts).toEqual(['a photo of the number: "7".']);
});

test('prompts that cannot be used are refused in plain words', () => {
  const problem = (change: Partial<TextMapping>): string | undefined => {
    const found = promptProblem({ ...text, ...change }, classes);
    // The rules are the contract's.
    expect(found === null).toBe(textMappingSchema.safeParse({ ...text, ...change }).success);
    return found?.text;
  };
  const words = (count: number): string[] => Array.from({ length: count }, (_, n) => `word ${n}`);
  expect(problem({})).toBeUndefined();
  expect(problem({ templates: [] })).toBe('Enter a template.');
  expect(problem({ templates: ['{class}', 'a photo'] })).toBe(
    'Template 2 needs {class}, where the word for a class goes: “a photo”.',
  );
  expect(problem({ templates: [`{class}${'x'.repeat(500)}`] })).toBe('Template 1 is longer than 500 characters.');
  expect(problem({ templates: words(201).map((word) => `{class} ${word}`) })).toBe(
    'These are 201 templates; at most 200 are possible.',
  );
  expect(problem({ words: [[], ['hot dog']] })).toBe('Enter a word for cat.');
  expect(problem({ words: [[], []] })).toBe('Enter a word for cat, hot_dog.');
  expect(problem({ words: [['cat'], ['x'.repeat(501)]] })).toBe('A word for hot_dog is longer than 500 characters.');
  expect(problem({ words: [['cat'], words(51)] })).toBe('These are more than 50 words for hot_dog.');
  expect(problem({ scale: 0 })).toBe('The scale must be more than 0.');
  expect(problem({ length: 2 })).toBe('The number of tokens must be at least 3.');
  expect(problem({ scale: 1e6 })).toBe('The scale must be at most 10,000.');
  const many = Array.from({ length: 41 }, () => words(50));
  expect(promptProblem({ ...text, templates: words(100).map((word) => `{class} ${word}`), words: many }, [])).toEqual({
    about: 'templates',
    text: `These are 205,000 prompts; at most ${mostPrompts.toLocaleString('en-US')} are possible: use fewer templates or words.`,
  });
});
