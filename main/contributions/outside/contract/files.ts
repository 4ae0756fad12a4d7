import type { FilesOf, FoundFiles, ModelFile, ModelMapping, OutsideModel, TextMapping } from './outside.ts';

/** Mean and deviation of red, green and blue from 0 to 1, by which most networks for photos were trained. */
export const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Mean and deviation by which OpenAI's CLIP was trained. */
export const clip = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** Maps each file of a model. `at`: its place in `listFiles`. */
export const mapFiles = <File, Other>(
  { model, text }: FilesOf<File>,
  change: (file: File, at: number) => Other,
): FilesOf<Other> => ({
  model: change(model, 0),
  ...(text && { text: { encoder: change(text.encoder, 1), tokenizer: change(text.tokenizer, 2) } }),
});

export const listFiles = <File>({ model, text }: FilesOf<File>): File[] => [
  model,
  ...(text ? [text.encoder, text.tokenizer] : []),
];

/** What lies in a folder for each file of a model: the file itself, and then its external data. */
export const partsOf = ({ files, text }: FoundFiles): FilesOf<FoundFiles['files']> => ({
  model: files,
  ...(text && { text: { encoder: text.encoder.files, tokenizer: [text.tokenizer] } }),
});

/** What the `hash` of a model file is called: with external data, it is of no file. */
export const hashName = (files: ModelFile['files']): string =>
  files.length === 1 ? 'SHA-256 of the file' : 'SHA-256 of the list of files';

/** What decides a model's answers: how it is used, and the hashes of its files. Null: these are files of another kind. */
export function specOf(mapping: ModelMapping, { hash: file, text }: FoundFiles): OutsideModel | null {
  if (mapping.kind === 'onnx') return text ? null : { ...mapping, file };
  return text ? { ...mapping, file, textFile: text.encoder.hash, tokenizer: text.tokenizer.hash } : null;
}

/** How a model of files is used, without their hashes. */
export const mappingOf = (spec: OutsideModel): ModelMapping =>
  spec.kind === 'onnx'
    ? { kind: spec.kind, input: spec.input, output: spec.output }
    : { kind: spec.kind, input: spec.input, imageOutput: spec.imageOutput, text: spec.text };

/** Characters that the name of a model has at most. */
export const longestModelName = 100;

/**
 * A name for a model of files that its study does not have yet. That of an image-text model says its prompts, so that two
 * sets of prompts for the same files have two names.
 */
export function proposedName(
  file: string,
  mapping: ModelMapping,
  { classes, taken }: { classes: readonly string[]; taken: readonly string[] },
): string {
  const base = file.replace(/\.onnx$/i, '').slice(0, 40) || 'model';
  const parts = mapping.kind === 'onnx' ? [] : promptsText(mapping.text, classes);
  const whole = [base, ...parts].join(', ');
  for (let number = 1; ; number++) {
    const end = number === 1 ? '' : ` ${number}`;
    const name = whole.slice(0, longestModelName - end.length).trimEnd() + end;
    if (!taken.includes(name)) return name;
  }
}

/** What is special about prompts, for a name: templates, words that are not the names of classes, another scale. */
function promptsText({ templates, words, scale }: TextMapping, classes: readonly string[]): string[] {
  const [template = '', ...others] = templates;
  const special = words.filter((each, k) => each.length > 1 || each[0] !== wordFor(classes[k] ?? ''));
  const shown = special.slice(0, 3).map((each) => each.join('/'));
  return [
    others.length === 0 ? `"${template}"` : `${templates.length} templates`,
    ...(special.length === 0 ? [] : [`words ${shown.join(', ')}${special.length > 3 ? ', ...' : ''}`]),
    ...(scale === usualScale ? [] : [`scale ${scale}`]),
  ];
}

/** The word for a class in prompts, unless a person chooses others. */
export const wordFor = (name: string): string => name.replaceAll('_', ' ').trim() || name;

/** The scale of CLIP's cosines. */
export const usualScale = 100;
