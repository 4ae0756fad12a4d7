import { mostPrompts, type TextMapping, textMappingSchema } from '../contract/outside.ts';
import { formatCount, formatInteger, formatNames } from '../../../domain/numbers/index.ts';

/** All prompts of each class, templates first. */
export const promptsOf = ({ templates, words }: Pick<TextMapping, 'templates' | 'words'>): string[][] =>
  words.map((each) => templates.flatMap((template) => each.map((word) => template.replaceAll('{class}', () => word))));

export interface TemplateSet {
  name: string;
  /** Who uses it, for what. */
  source: string;
  templates: readonly string[];
}

/** What a person starts from: Radford et al. 2021, section 3.1.4. */
const single: TemplateSet = {
  name: 'One: a photo',
  source: 'The template from which CLIP’s authors start (Radford et al. 2021).',
  templates: ['a photo of a {class}.'],
};

/** Sets of templates with a name, all of CLIP's authors. The first is proposed. */
export const templateSets: readonly [TemplateSet, ...TemplateSet[]] = [
  single,
  {
    name: 'Seven: CLIP on ImageNet',
    // https://github.com/openai/CLIP/blob/main/notebooks/Prompt_Engineering_for_ImageNet.ipynb
    source: 'Those that CLIP’s authors selected among their 80 for ImageNet (OpenAI, Prompt_Engineering_for_ImageNet).',
    templates: [
      'itap of a {class}.',
      'a bad photo of the {class}.',
      'a origami {class}.',
      'a photo of the large {class}.',
      'a {class} in a video game.',
      'art of the {class}.',
      'a photo of the small {class}.',
    ],
  },
  {
    name: 'Eighteen: CLIP on CIFAR-10',
    // https://github.com/openai/CLIP/blob/main/data/prompts.md
    source: 'Those of CLIP’s authors for CIFAR-10 (OpenAI, data/prompts.md).',
    templates: ['a', 'the'].flatMap((article) => [
      `a photo of ${article} {class}.`,
      ...['blurry', 'black and white', 'low contrast', 'high contrast', 'bad', 'good'].map(
        (kind) => `a ${kind} photo of ${article} {class}.`,
      ),
      ...['small', 'big'].map((size) => `a photo of ${article} ${size} {class}.`),
    ]),
  },
  {
    name: 'One: a number',
    source: 'That of CLIP’s authors for MNIST (OpenAI, data/prompts.md).',
    templates: ['a photo of the number: "{class}".'],
  },
];

export interface PromptProblem {
  about: 'templates' | 'words' | 'numbers';
  /** A sentence. */
  text: string;
}

/** Why a text encoder cannot be used so, by the rules of `textMappingSchema`; null: it can. */
export function promptProblem(text: TextMapping, classes: readonly string[]): PromptProblem | null {
  const issues = textMappingSchema.safeParse(text).error?.issues ?? [];
  const [issue] = issues;
  if (!issue) return null;
  const [part, place, word] = issue.path;
  const at = Number(place);
  const most = issue.code === 'too_big' ? formatInteger(Number(issue.maximum)) : null;
  if (part === 'templates') {
    const { templates, words } = text;
    const prompts = templates.length * words.flat().length;
    const all =
      most !== null
        ? `These are ${formatCount(templates.length, 'template')}; at most ${most} are possible.`
        : templates.length === 0
          ? 'Enter a template.'
          : `These are ${formatCount(prompts, 'prompt')}; at most ${formatInteger(mostPrompts)} are possible: use fewer templates or words.`;
    const one =
      most !== null
        ? `Template ${at + 1} is longer than ${most} characters.`
        : `Template ${at + 1} needs {class}, where the word for a class goes: “${(templates[at] ?? '').slice(0, 60)}”.`;
    return { about: 'templates', text: place === undefined ? all : one };
  }
  if (part === 'words') {
    const name = classes[at] ?? '';
    if (word !== undefined)
      return {
        about: 'words',
        text: most === null ? `A word for ${name} is empty.` : `A word for ${name} is longer than ${most} characters.`,
      };
    if (most !== null) return { about: 'words', text: `These are more than ${most} words for ${name}.` };
    const without = classes.filter((_, k) => (text.words[k] ?? []).length === 0);
    return { about: 'words', text: `Enter a word for ${formatNames(without, 3)}.` };
  }
  const name = numberNames[String(part)] ?? String(part);
  const bound =
    issue.code === 'too_small'
      ? `${issue.inclusive === false ? 'more than' : 'at least'} ${formatInteger(Number(issue.minimum))}`
      : most === null
        ? 'a number'
        : `at most ${most}`;
  return { about: 'numbers', text: `${name} must be ${bound}.` };
}

const numberNames: Readonly<Record<string, string>> = {
  scale: 'The scale',
  length: 'The number of tokens',
  pad: 'The token that fills prompts',
};
