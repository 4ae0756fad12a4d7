import { UserError } from '../../contract/wire/index.ts';
import { formatCount, formatNames } from '../../domain/numbers/index.ts';

const refusal = (code: string, what: string, where: string, remedy: string): UserError =>
  new UserError(`outside.${code}`, what, where, remedy);

export const notFound = (where: string): UserError =>
  refusal('not-found', 'The study has no such outside model', where, 'List them with `boundary models list`.');

export const noDataSet = (study: string): UserError =>
  refusal(
    'no-data-set',
    'The images of the study’s data set have not been read yet, and a model is checked on them',
    `study ${study}`,
    'Run the study first: it reads them before it trains.',
  );

export const notChecked = (file: string, warning: string): UserError =>
  refusal('mapping', warning, file, 'Change the mapping as it says. If the model is right as it is, add it anyway.');

export const alreadyThere = (name: string, study: string): UserError =>
  refusal(
    'known',
    `The study has this model already, with the same files and mapping: ${name}`,
    `study ${study}`,
    'Remove that one first, or change the mapping.',
  );

export const otherKind = (file: string): UserError =>
  refusal(
    'mapping',
    'The mapping is of another kind of model than these files',
    file,
    'A classifier is one ONNX file. An image-text model has an image encoder, a text encoder and a tokenizer.',
  );

export const changed = (file: string): UserError =>
  refusal('changed', 'The file has changed since it was inspected', file, 'Nothing was stored. Add it again.');

export const sameName = (name: string): UserError =>
  refusal(
    'files',
    `Two of the chosen files are called "${name}"`,
    'the chosen files',
    'Choose each file once. External data must have the names that the model gives them.',
  );

export const noModelAmong = (files: readonly string[]): UserError =>
  refusal(
    'files',
    `Exactly one of these files must end in .onnx: ${formatNames([...files], 5)}`,
    'the chosen files',
    'Choose one .onnx file, and with it only its files of external data.',
  );

export const noneToPredict = (study: string): UserError =>
  refusal(
    'none-to-predict',
    'There is nothing to predict: the study has no frozen stimuli yet',
    `study ${study}`,
    'Freeze its stimuli first.',
  );

export const notAnswered = (study: string, done: number, failed: readonly string[]): UserError =>
  refusal(
    'not-answered',
    `${formatCount(failed.length, 'model')} could not answer, ${done} did. ${failed.slice(0, 5).join('; ')}`,
    `study ${study}`,
    'Remove these models and add them again, or import the archive that they came from with its weights.',
  );

/** @throws UserError `outside.name` unless it can name a model */
export function refuseName(name: string, file: string): void {
  if (name.trim() !== '' && name.length <= 100 && !/\p{Cc}/u.test(name)) return;
  throw refusal(
    'name',
    'The name of the model is empty, too long, or has control characters',
    file,
    'Use 1 to 100 characters.',
  );
}
