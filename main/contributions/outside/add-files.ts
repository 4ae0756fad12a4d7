import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { UserError } from '../../contract/wire/index.ts';
import {
  type FilesOf,
  type ModelFile,
  type ModelMapping,
  modelMappingSchema,
  type Proposal,
  type TextMapping,
  textMappingSchema,
  type FoundModel,
} from './contract/outside.ts';
import { formatBytes, formatCount, formatNames } from '../../domain/numbers/index.ts';
import { hashName, proposedName } from './contract/files.ts';
import { promptProblem } from './model/prompts.ts';
import type { FileOfModel } from './onnx-models.ts';
import {
  existingPath,
  printable,
  printJson,
  printLine as printRaw,
  wholeNumber,
  withReadOnlyWorkbench,
  withWorkbench,
} from '../../terminal/index.ts';

/** Options of `models add` for models of files. */
export interface FileOptions {
  name?: string;
  text?: string;
  tokenizer?: string;
  template?: string[];
  words?: string[];
  scale?: string;
  prompts?: string;
  mapping?: string;
  checkImages: string;
  anyway?: boolean;
  preview?: boolean;
}

/** Names come from files of others. */
const printLine = (line: string): void => printRaw(printable(line));

/** A note on the progress, beside the output. */
export const noteTo = (note: string): void => {
  process.stderr.write(`${printable(note)}\n`);
};

/** Adds the model of a .onnx file, or of an image encoder with its text encoder and tokenizer; `--preview` describes it. */
export async function addFiles(study: string, file: string, options: FileOptions, command: Command): Promise<void> {
  const files = filesOf(file, options);
  const { addModel, inspectModel } = await import('./onnx-models.ts');
  const { listOutsideModels } = await import('./outside-models.ts');
  const { ForkLauncher } = await import('../../processes/index.ts');
  const launcher = new ForkLauncher(process.env);
  if (options.preview === true) {
    const found = await withReadOnlyWorkbench(command, (workbench) =>
      inspectModel({ workbench, launcher }, study, files),
    );
    for (const line of describe(found)) noteTo(line);
    printJson(mappingOf(found, options));
    return;
  }
  const images = wholeNumber(options.checkImages, '--check-images', 1, 1_000_000);
  const added = await withWorkbench(command, async (workbench) => {
    const found = await inspectModel({ workbench, launcher }, study, files);
    const mapping = complete(mappingOf(found, options), files.model.name);
    const taken = listOutsideModels(workbench, study).models.map((model) => model.name);
    const name = options.name ?? proposedName(files.model.name, mapping, { classes: found.classes, taken });
    const how = { images, accept: options.anyway === true, report: noteTo };
    return addModel({ workbench, launcher }, study, files, { name, mapping }, how);
  });
  const { check, name, predicted } = added;
  for (const { text } of check.warnings) printLine(text);
  if (check.other)
    printLine(`${check.other.mostly} of ${check.images} images are mostly something else than a class to it.`);
  printLine(`Added ${name}: ${check.accuracy.toFixed(2)} % right of ${formatCount(check.images, 'test image')}.`);
  if (!predicted) printLine('The study has no stimuli yet. Once it has: `boundary models predict`.');
}

/** @throws UserError `option.together`, `file.not-found` */
function filesOf(file: string, { text, tokenizer, ...others }: FileOptions): FilesOf<FileOfModel> {
  const named = (path: string, option: string): FileOfModel => {
    const found = existingPath(path, option);
    return { path: found, name: basename(found) };
  };
  const model = named(file, '<file>');
  if (text !== undefined && tokenizer !== undefined)
    return { model, text: { encoder: named(text, '--text'), tokenizer: named(tokenizer, '--tokenizer') } };
  const { template, words, scale, prompts } = others;
  const given = { text, tokenizer, template, words, scale, prompts };
  const alone = Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [`--${option}`]));
  if (alone.length === 0) return { model };
  throw new UserError(
    'option.together',
    `${formatNames(alone)}: an image-text model needs both --text and --tokenizer`,
    'boundary models add',
    'Give its image encoder as <file>, its text encoder as --text, and its tokenizer.json as --tokenizer.',
  );
}

/** The mapping of `--mapping`, or the proposed one, with the prompts that were given. */
function mappingOf({ proposal, classes }: FoundModel, options: FileOptions): Incomplete {
  const mapping = options.mapping === undefined ? withoutReasons(proposal) : readMapping(options.mapping);
  return mapping.kind === 'image-text' ? { ...mapping, text: withPrompts(mapping.text, classes, options) } : mapping;
}

/** A mapping, in which nothing may say which outputs are which classes. */
type Incomplete = ModelMapping | (Omit<Extract<ModelMapping, { kind: 'onnx' }>, 'output'> & { output: null });

const withoutReasons = (proposal: Proposal): Incomplete =>
  proposal.kind === 'onnx'
    ? { kind: proposal.kind, input: proposal.input, output: proposal.output }
    : { kind: proposal.kind, input: proposal.input, imageOutput: proposal.imageOutput, text: proposal.text };

/** @throws UserError `outside.mapping` */
function complete(mapping: Incomplete, file: string): ModelMapping {
  if (mapping.kind === 'image-text') return mapping;
  const { output, ...others } = mapping;
  if (output !== null) return { ...others, output };
  throw new UserError(
    'outside.mapping',
    'Nothing in the file says which of its outputs are which classes',
    file,
    'Write a mapping with --preview, fill in `output`, and give it with --mapping.',
  );
}

/** @throws UserError `outside.mapping` */
function readMapping(file: string): ModelMapping {
  const path = existingPath(file, '--mapping');
  const content = jsonIn(path);
  // Earlier versions wrote mappings of ONNX files only.
  const read = modelMappingSchema.safeParse(
    typeof content === 'object' && content !== null ? { kind: 'onnx', ...content } : content,
  );
  if (read.success) return read.data;
  throw new UserError(
    'outside.mapping',
    `This is not a mapping: ${faults(read.error)}`,
    path,
    'Write one with --preview, and change that.',
  );
}

/** What a file of prompts may have. */
const promptsSchema = z.strictObject({
  templates: z.array(z.string()).optional(),
  words: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  scale: z.number().optional(),
});

/** Prompts of `--prompts`, and then those of the other options. @throws UserError `outside.prompts`, `option.class` */
function withPrompts(text: TextMapping, classes: readonly string[], options: FileOptions): TextMapping {
  const file = options.prompts === undefined ? null : existingPath(options.prompts, '--prompts');
  const where = file ?? 'boundary models add';
  const read = promptsSchema.safeParse(file === null ? {} : jsonIn(file));
  if (!read.success) throw wrongPrompts(faults(read.error), where);
  const words = [...text.words];
  const put = (name: string, given: readonly string[], from: string): void => {
    const place = classes.includes(name) ? classes.indexOf(name) : /^\d+$/.test(name) ? Number(name) : -1;
    if (place < 0 || place >= classes.length) throw noClass(name, classes, from);
    words[place] = given.map((word) => word.trim()).filter((word) => word !== '');
  };
  for (const [name, given] of Object.entries(read.data.words ?? {})) put(name, [given].flat(), where);
  for (const given of options.words ?? []) {
    const [name = '', ...parts] = given.split('=');
    put(name.trim(), parts.join('=').split(','), '--words');
  }
  const changed: TextMapping = {
    ...text,
    words,
    templates: options.template ?? read.data.templates ?? text.templates,
    scale: options.scale === undefined ? (read.data.scale ?? text.scale) : Number(options.scale),
  };
  const problem = promptProblem(changed, classes);
  if (problem) throw wrongPrompts(problem.text, where);
  return textMappingSchema.parse(changed);
}

const wrongPrompts = (why: string, where: string): UserError =>
  new UserError(
    'outside.prompts',
    `These prompts cannot be used: ${why}`,
    where,
    'Each template has {class} where the word goes, each class has a word, and the scale is a number above 0.',
  );

const noClass = (name: string, classes: readonly string[], where: string): UserError =>
  new UserError(
    'option.class',
    `"${name.slice(0, 60)}" is no class of the study`,
    where,
    `Its classes are ${formatNames([...classes])}. Write e.g. "${classes[0]}=first word,second word".`,
  );

/** Undefined: it is no JSON. */
function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const faults = (error: z.ZodError): string => z.prettifyError(error).split('\n').slice(0, 3).join(' ').slice(0, 500);

function describe({ files: { text, ...model }, proposal }: FoundModel): string[] {
  const { reasons } = proposal;
  return [
    ...describeFile(model),
    ...(text ? describeFile(text.encoder) : []),
    ...(text
      ? [
          `${text.tokenizer.name} (${formatBytes(text.tokenizer.bytes)}); ${text.tokenizer.kind}, ${formatCount(text.tokenizer.tokens, 'token')}`,
          `SHA-256 ${text.tokenizer.hash}`,
        ]
      : []),
    ...reasons.map(({ text: reason }) => reason),
  ];
}

function describeFile({ files, opset, producer, hash, inputs, outputs }: ModelFile): string[] {
  const tensor = ({ name, type, shape }: ModelFile['inputs'][number]): string =>
    `${name} ${type} ${shape === null ? '' : `[${shape.map((side) => side ?? '?').join(', ')}]`}`;
  return [
    `${files.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(', ')}; opset ${opset}; ${producer}`,
    `${hashName(files)} ${hash}`,
    `inputs: ${inputs.map(tensor).join(', ')}`,
    `outputs: ${outputs.map(tensor).join(', ')}`,
  ];
}
