import { basename } from 'node:path';
import type { Command } from 'commander';
import {
  type AddedAnswers,
  type AnswersMapping,
  type AnswersPreview,
  type WantedMapping,
  outsideKindNames,
} from '../answers/contract/outside-models.ts';
import { UserError } from '../../contract/wire/index.ts';
import { formatCount, formatNames } from '../../domain/numbers/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import {
  asideOption,
  classOption,
  columnsIn,
  existingPath,
  mapOption,
  meaningsIn,
  namesIn,
  oneOf,
  printable,
  printLine as printRaw,
  withReadOnlyWorkbench,
  withWorkbench,
} from '../../terminal/index.ts';
import { addFiles, type FileOptions, noteTo } from './add-files.ts';

/** Names come from files and archives of others. */
const printLine = (line: string): void => printRaw(printable(line));

/** `models`: models of a study that were not trained here. */
export default function addModelCommands(program: Command): void {
  const models = program.command('models').description('models of a study that were not trained here');
  models
    .command('add <study> <file>')
    .description(
      'add a model (.onnx), or models by a table of their answers to the study’s stimuli (CSV, Parquet, .npy)',
    )
    .option('--name <name>', 'of the model, if the table has one and no column names it')
    .option(...mapOption('image, model, label, confidence, softmax (a column for each class: p0,p1,...)'))
    .option('--image <column>', 'with ids of images; these and the others are guessed')
    .option('--model <column>', 'with names of models')
    .option(...asideOption('models', 'people, in a table of model-vs-human'))
    .option('--label <column>', 'with labels')
    .option('--confidence <column>', 'with the probability of the label')
    .option('--softmax <columns>', 'with the probability of each class, in the order of the classes: p0,p1,...')
    .option(...classOption)
    .option('--normalise', 'divide softmax by its sum where that is not 1')
    .option(
      '--text <encoder.onnx>',
      'the text encoder of an image-text model (CLIP, SigLIP); <file> is its image encoder',
    )
    .option('--tokenizer <tokenizer.json>', 'of the text encoder, as Hugging Face writes it')
    .option('--template <text...>', 'of prompts: "a photo of a {class}."')
    .option('--words <class=words...>', 'for a class in prompts, instead of its name: "cat=cat,kitten"')
    .option('--scale <number>', 'of an image-text model, the inverse of its temperature')
    .option('--prompts <file.json>', '{"templates": [...], "words": {"class": [...]}, "scale": 100}, or parts of it')
    .option(
      '--mapping <file.json>',
      'of a .onnx file: how images become its input and its output classes; --preview writes one',
    )
    .option('--check-images <number>', 'of a .onnx file: test images that it is checked on', '1000')
    .option('--anyway', 'of a .onnx file: add it even if its mapping looks wrong')
    .option('--preview', 'only say how the file would be read')
    .action((study: string, file: string, options: AddOptions, command: Command) =>
      file.toLowerCase().endsWith('.onnx')
        ? addFiles(study, file, options, command)
        : addTable(study, file, options, command),
    );
  models
    .command('predict <study>')
    .description('have the models of files answer for the study’s stimuli, where they have not')
    .action(async (study: string, _: unknown, command: Command) => {
      const { predictOutside } = await import('./onnx-models.ts');
      const { ForkLauncher } = await import('../../processes/index.ts');
      const done = await withWorkbench(command, (workbench) =>
        predictOutside({ workbench, launcher: new ForkLauncher(process.env) }, study, { report: noteTo }),
      );
      printLine(`${formatCount(done, 'model')} answered.`);
    });
  models
    .command('list <study>')
    .description('list the models of a study that were not trained here')
    .action(async (study: string, _: unknown, command: Command) => {
      const { listOutsideModels } = await import('./outside-models.ts');
      await withReadOnlyWorkbench(command, (workbench) => {
        const { models: found } = listOutsideModels(workbench, study);
        if (found.length === 0) printLine('This study has no outside models.');
        for (const { name, kind, tested, answers, identity } of found) {
          const accuracy = tested
            ? `${tested.accuracy.toFixed(2)} % of ${formatCount(tested.images, 'image')}`
            : 'accuracy unknown';
          const known = answers === null ? 'no answers for these stimuli' : `knows ${answersWords[answers]}`;
          printRaw([name, outsideKindNames[kind], accuracy, known, identity.slice(0, 12)].map(printable).join('\t'));
        }
      });
    });
  models
    .command('remove <study> <names...>')
    .description('take models out of a study by their names; what they answered is kept')
    .action(async (study: string, names: string[], _: unknown, command: Command) => {
      const { outsideModelIds, removeOutsideModels } = await import('./outside-models.ts');
      await withWorkbench(command, (workbench) =>
        removeOutsideModels({ workbench }, study, outsideModelIds(workbench, study, [...new Set(names)])),
      );
      printLine(`Removed ${formatCount(new Set(names).size, 'model')}.`);
    });
}

const answersWords = { labels: 'labels', confidence: 'labels and confidences', softmax: 'softmax' } as const;

interface AddOptions extends FileOptions {
  image?: string;
  model?: string;
  aside?: string;
  label?: string;
  confidence?: string;
  softmax?: string;
  class?: string[];
  map?: string[];
  normalise?: boolean;
}

async function addTable(study: string, file: string, options: AddOptions, command: Command): Promise<void> {
  const path = existingPath(file, '<file>');
  const table = { path, name: basename(path) };
  const { ForkLauncher } = await import('../../processes/index.ts');
  const { studyWithStimuli } = await import('../../services/labels/index.ts');
  const { addAnswersFrom, previewAnswersIn } = await import('./outside-models.ts');
  const launcher = new ForkLauncher(process.env);
  const preview = (workbench: Workbench): Promise<AnswersPreview> =>
    previewAnswersIn({ workbench, launcher }, study, table, wantedOf(options));
  const add = async (workbench: Workbench): Promise<AddedAnswers> => {
    const { set } = studyWithStimuli(workbench, study);
    const mapping = completeMapping(await preview(workbench), options, set.classes, table.name);
    const columns = columnsOf(mapping);
    if (columns.length > 0) printLine(`Columns: ${columns.join(', ')}`);
    return addAnswersFrom({ workbench, launcher }, study, table, mapping);
  };
  if (options.preview === true) {
    const read = await withReadOnlyWorkbench(command, preview);
    for (const line of describe(read)) printLine(line);
    return;
  }
  const added = await withWorkbench(command, add);
  for (const note of added.notes) printLine(note);
  if (added.unknown.rows > 0) printLine(`Set aside, for example: ${added.unknown.examples.join(', ')}`);
  const count = added.models.length - added.known;
  printLine(`Added ${formatCount(count, 'model')}${added.known > 0 ? `; ${added.known} were there already` : ''}.`);
}

const parts = ['image', 'model', 'label', 'confidence', 'softmax'] as const;

/** @throws UserError `option.map` */
function wantedOf({ map, ...options }: AddOptions): WantedMapping {
  const columns = columnsIn(map);
  for (const part of Object.keys(columns)) oneOf(part, parts, '--map');
  return mappingOf({ ...options, ...columns });
}

const mappingOf = ({
  name,
  image,
  model,
  aside,
  label,
  confidence,
  softmax,
  normalise,
}: AddOptions): WantedMapping => ({
  ...(aside !== undefined && { aside: namesIn(aside) ?? [] }),
  ...(name !== undefined && { name, ...(model === undefined && { model: null }) }),
  ...(image !== undefined && { image }),
  ...(model !== undefined && { model }),
  ...(label !== undefined && { label }),
  ...(confidence !== undefined && { confidence, softmax: null }),
  ...(softmax !== undefined && { softmax: softmax.split(',').map((column) => column.trim()), confidence: null }),
  ...(normalise === true && { normalise }),
});

/** The guessed mapping with the classes that were given. @throws UserError where a label has no class */
function completeMapping(
  { guess, labels }: AnswersPreview,
  { class: given }: AddOptions,
  classes: readonly string[],
  file: string,
): AnswersMapping {
  const mapping = { ...guess, classes: { ...guess.classes, ...meaningsIn(given, classes) } };
  const open = labels.filter(({ text }) => !Object.hasOwn(mapping.classes, text));
  if (open.length === 0 || guess.label === null) return mapping;
  throw new UserError(
    'outside.table',
    `No class is known for ${formatCount(open.length, 'label')}: ${open
      .slice(0, 5)
      .map(({ text }) => `"${text}"`)
      .join(', ')}`,
    file,
    'Say which classes they mean, e.g. --class "cat=3".',
  );
}

/** Which columns have what, by default as options. */
function columnsOf({ image, model, label, confidence, softmax }: AnswersMapping, between = '='): string[] {
  const columns = { image, model, label, confidence, softmax: softmax?.join(',') ?? null };
  return Object.entries(columns).flatMap(([part, column]) => (column === null ? [] : [`${part}${between}${column}`]));
}

function describe({ format, rows, shape, guess, models, aside, labels, unknown, notOne }: AnswersPreview): string[] {
  return [
    shape === null ? `${format}, ${formatCount(rows, 'row')}` : `array of shape (${shape.join(', ')})`,
    ...columnsOf(guess, ': '),
    `${formatCount(models.length, 'model')}: ${models.slice(0, 10).join(', ')}${models.length > 10 ? ', ...' : ''}`,
    ...(aside.length > 0 ? [`${formatCount(aside.length, 'name')} set aside: ${formatNames(aside)}`] : []),
    ...labels.map(
      ({ text, count, guess: index }) =>
        `label "${text}" (${count}): ${index === null ? 'no class' : `class ${index}`}`,
    ),
    ...(unknown.rows > 0
      ? [`${formatCount(unknown.rows, 'row')} of unknown images: ${unknown.examples.join(', ')}`]
      : []),
    ...(notOne > 0 ? [`${formatCount(notOne, 'row')} in which softmax does not add up to 1`] : []),
  ];
}
