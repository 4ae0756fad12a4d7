import { UserError } from '../../../main/contract/wire/index.ts';
import { formatNames } from '../../../main/domain/numbers/index.ts';

/** Which of the chosen files is which part of a model, by their names. */

interface Named {
  readonly name: string;
}

/** Files of an image-text model, as far as they are chosen. `data`: external data of both encoders. */
export interface ModelParts<Item> {
  image: Item | null;
  text: Item | null;
  tokenizer: Item | null;
  data: readonly Item[];
}

export type SortedFiles<Item> =
  | { kind: 'table'; table: Item }
  | { kind: 'onnx'; model: Item; data: readonly Item[] }
  | { kind: 'image-text'; parts: ModelParts<Item> };

const isOnnx = ({ name }: Named): boolean => /\.onnx$/i.test(name);
/** Not `tokenizer_config.json`, which lies beside it. */
const isTokenizer = ({ name }: Named): boolean => /tokenizer\.json$/i.test(name);
/** JSON files lie beside a tokenizer; none of them is external data. */
const isJson = ({ name }: Named): boolean => /\.json$/i.test(name);

/**
 * What files are that were chosen together: a table where none is part of a model. A missing part is null.
 * @throws UserError `outside.files` where names do not say which two of several ONNX files are meant
 */
export function sortFiles<Item extends Named>(files: readonly [Item, ...Item[]]): SortedFiles<Item> {
  const onnx = files.filter(isOnnx);
  const tokenizer = files.find(isTokenizer) ?? null;
  const [model] = onnx;
  if (!model && !tokenizer) return { kind: 'table', table: files[0] };
  if (model && onnx.length === 1 && !tokenizer)
    return { kind: 'onnx', model, data: files.filter((file) => file !== model) };
  const data = files.filter((file) => !isOnnx(file) && !isJson(file));
  return { kind: 'image-text', parts: { ...encodersOf(onnx), tokenizer, data } };
}

function encodersOf<Item extends Named>(onnx: readonly Item[]): Pick<ModelParts<Item>, 'image' | 'text'> {
  const [images, texts] = (['image', 'text'] as const).map((part) => onnx.filter((file) => partNamed(file) === part));
  const [image, text] = [images?.length === 1 ? images[0] : undefined, texts?.length === 1 ? texts[0] : undefined];
  if (image && text) return { image, text };
  if (onnx.length > 2) throw tooManyEncoders(onnx);
  const second = text ?? (image ? onnx.find((file) => file !== image) : onnx[1]);
  return { image: onnx.find((file) => file !== second) ?? null, text: second ?? null };
}

/** What an encoder's name says that it encodes; null: neither, or both. */
function partNamed({ name }: Named): 'image' | 'text' | null {
  const [image, text] = [/image|img|vision|visual/i.test(name), /text/i.test(name)];
  return image === text ? null : image ? 'image' : 'text';
}

/** Whether names leave open which encoder is which. */
export const areUnclear = <Item extends Named>({ image, text }: ModelParts<Item>): boolean =>
  image !== null && text !== null && partNamed(image) === partNamed(text);

/** What is still to be chosen, in words. */
export const missingParts = ({ image, text, tokenizer }: ModelParts<unknown>): string[] => [
  ...(image === null ? ['the image encoder'] : []),
  ...(text === null ? ['the text encoder'] : []),
  ...(tokenizer === null ? ['tokenizer.json'] : []),
];

const tooManyEncoders = (onnx: readonly Named[]): UserError =>
  new UserError(
    'outside.files',
    `These are ${onnx.length} ONNX files, and a model has one, or an image encoder and a text encoder: ${formatNames(
      onnx.map(({ name }) => name),
      5,
    )}`,
    'the chosen files',
    'Choose the files of one model.',
  );
