import type {
  FilesOf,
  FoundFiles,
  ImageTextProposal,
  InputMapping,
  ModelFile,
  Tensor,
  TextMapping,
  TokenizerFile,
} from '../contract/outside.ts';
import { at } from '../../../domain/numbers/index.ts';
import { clip, usualScale, wordFor } from '../contract/files.ts';
import { templateSets } from './prompts.ts';
import { outsideError } from './errors.ts';
import { imageInput, proposeInput, type StudyImages, usableOutputs } from './propose.ts';

/** What a person starts from where the files do not say. */
interface Family {
  name: string;
  /** Mapping of color images. */
  input: Pick<InputMapping, 'range' | 'mean' | 'std' | 'resize'>;
  length: number;
  pad: number;
}

const families: Record<'clip' | 'siglip', Family> = {
  clip: { name: 'CLIP', input: { range: [0, 1], resize: 'fill', ...clip }, length: 77, pad: 49407 },
  siglip: {
    name: 'SigLIP',
    length: 64,
    pad: 1,
    input: { range: [-1, 1], resize: 'fit', mean: [0, 0, 0], std: [1, 1, 1] },
  },
};

/** SigLIP's tokens are pieces of a unigram model, CLIP's are pairs of bytes. */
const familyOf = ({ kind }: TokenizerFile): Family =>
  structuredClone(kind === 'Unigram' ? families.siglip : families.clip);

/**
 * Mappings of an image-text model, from its files and the images and classes of a study.
 * @param where paths, for errors
 * @throws UserError `outside.inputs`, `outside.outputs` if one of the encoders is not what it should be
 */
export function proposeImageText(
  imageFile: ModelFile,
  { encoder, tokenizer }: NonNullable<FoundFiles['text']>,
  images: StudyImages,
  where: FilesOf<string>,
): ImageTextProposal {
  const textPath = where.text?.encoder ?? where.model;
  const input = proposeInput(imageInput(imageFile, where.model), images, imageFile, []);
  const [imageOutputs, textOutputs] = [vectorOutputs(imageFile, where.model), vectorOutputs(encoder, textPath)];
  const { ids, mask } = textInputs(encoder, textPath);
  const family = familyOf(tokenizer);
  const fixed = ids.shape?.[1];
  const shaped = typeof fixed === 'number' && fixed >= 3 ? fixed : null;
  const isColor = input.channels !== 'gray';
  const said = tokenizer.length !== null && tokenizer.length >= 3 && tokenizer.length <= 4096 ? tokenizer.length : null;
  const length = shaped ?? said ?? family.length;
  const pad = tokenizer.pad ?? family.pad;
  const because =
    shaped !== null
      ? 'from the shape of the input'
      : said !== null
        ? 'from the tokenizer'
        : `a guess from ${family.name}`;
  const reasons: ImageTextProposal['reasons'] = [
    {
      about: 'input',
      isGuess: true,
      text: isColor
        ? `How images are cut and scaled is a guess from ${family.name}, by the kind of the tokenizer.`
        : 'Values from 0 to 1 are a guess: the file does not say.',
    },
    { about: 'text', isGuess: (shaped ?? said) === null, text: `Prompts have ${length} tokens, ${because}.` },
    {
      about: 'text',
      isGuess: tokenizer.pad === null,
      text:
        tokenizer.pad === null
          ? `That token ${pad} fills them is a guess from ${family.name}.`
          : `Token ${pad} fills them, from the tokenizer.`,
    },
    { about: 'text', isGuess: true, text: `The scale ${usualScale} is a guess from CLIP: the files do not say.` },
  ];
  const mapping: TextMapping = {
    ids: ids.name,
    mask: mask?.name ?? null,
    output: at(textOutputs, 0),
    element: ids.type === 'int32' ? 'int32' : 'int64',
    length,
    pad,
    scale: usualScale,
    templates: [...templateSets[0].templates],
    words: images.classes.map((name) => [wordFor(name)]),
  };
  return {
    kind: 'image-text',
    imageOutput: at(imageOutputs, 0),
    text: mapping,
    reasons,
    input: isColor ? { ...input, ...family.input } : input,
    outputs: { image: imageOutputs, text: textOutputs },
  };
}

/** Tokens, and the mask that says which of them count, if the encoder takes one. */
function textInputs({ inputs }: ModelFile, where: string): { ids: Tensor; mask: Tensor | null } {
  const tokens = inputs.filter(({ type }) => type === 'int64' || type === 'int32');
  const ids =
    tokens.find(({ name }) => /ids|token|text/i.test(name) && !/mask/i.test(name)) ??
    tokens.find(({ name }) => !/mask/i.test(name));
  const mask = tokens.find((each) => each !== ids && /mask/i.test(each.name)) ?? null;
  if (ids && inputs.length === (mask ? 2 : 1)) return { ids, mask };
  throw outsideError(
    'inputs',
    `A text encoder takes tokens and perhaps their mask, and this model takes ${
      inputs
        .slice(0, 10)
        .map(({ name, type }) => `${name} (${type})`)
        .join(', ') || 'nothing'
    }`,
    where,
    'Export the text encoder without other inputs.',
  );
}

/** Outputs with a vector for each image or text, rather than one for each part of it; the likeliest first. */
function vectorOutputs(file: ModelFile, where: string): string[] {
  const vectors = usableOutputs(file, where).filter(({ shape }) => shape === null || shape.length === 2);
  const rank = ({ name }: Tensor): number => [/embed/i, /pool/i, /./].findIndex((part) => part.test(name));
  const names = vectors.toSorted((a, b) => rank(a) - rank(b)).map(({ name }) => name);
  if (names.length > 0) return names;
  throw outsideError(
    'outputs',
    'No output has one vector for each image or text',
    where,
    'Export the encoder with its projected embeddings, e.g. image_embeds and text_embeds.',
  );
}
