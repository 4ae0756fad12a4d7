import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../contract/wire/index.ts';
import { type TokenizerFile, tokenizerFileSchema } from '../contract/outside.ts';
import { formatBytes } from '../../../domain/numbers/index.ts';
import { fileError, sha256 } from '../../../files/index.ts';
import { outsideError } from './errors.ts';
import { loadOptional } from './runtime.ts';

/** What is used of @huggingface/tokenizers, an optional package. */
interface Library {
  encode(text: string, options?: { add_special_tokens: boolean }): { ids: readonly unknown[] };
  token_to_id(token: string): unknown;
  /** With the token that stands for all that is not known, if there is one. */
  model: { unk_token?: unknown; unk_token_id?: unknown } | null;
}

/** Bytes. Tokenizers with large vocabularies have 35 MB. */
const largestTokenizer = 128 * 2 ** 20;

/** Tokens of models have 17 bits, or 18; more than 31 fit no encoder. */
const largestToken = 2 ** 31 - 1;

/** The kinds that the library knows; of others it would guess. Files of before 2020 have none. */
const kinds = ['BPE', 'Unigram', 'WordPiece'] as const;

const withModel = z.looseObject({
  model: z.looseObject({ type: z.enum(kinds).optional(), vocab: z.union([z.array(z.unknown()), z.looseObject({})]) }),
});

/** Tokens by which prompts are filled up where the file does not say, the usual first. */
const fillers = ['<pad>', '[PAD]', '<|endoftext|>', '</s>'];

/** A `tokenizer.json` as Hugging Face writes it. */
export class Tokenizer {
  /** With the hash of the very bytes that this tokenizer was made from. */
  readonly file: TokenizerFile;
  readonly #library: Library;
  readonly path: string;

  private constructor(library: Library, file: TokenizerFile, path: string) {
    this.#library = library;
    this.file = file;
    this.path = path;
  }

  /** @throws UserError `outside.tokenizer`, `outside.no-library`, `file.*` */
  static read(path: string): Tokenizer {
    try {
      const status = statSync(path);
      if (!status.isFile()) throw refused('This is not a file', path);
      if (status.size > largestTokenizer)
        throw refused(`A tokenizer of ${formatBytes(status.size)} is too large`, path);
      const bytes = readFileSync(path);
      const parsed = withModel.safeParse(JSON.parse(bytes.toString('utf8')));
      if (!parsed.success) throw refused(`This file has no tokenizer of the kinds ${kinds.join(', ')}`, path);
      const { Tokenizer: Made } = loadOptional(
        '@huggingface/tokenizers',
        'The library that splits prompts into tokens',
      ) as {
        Tokenizer: new (json: object, config: object) => Library;
      };
      const library = new Made(parsed.data, {});
      const hash = sha256(bytes);
      const file = { name: basename(path), bytes: bytes.length, hash };
      return new Tokenizer(library, { ...file, ...described(parsed.data, library) }, path);
    } catch (error) {
      const known = fileError(error, path);
      if (known instanceof UserError) throw known;
      // The library throws errors of many kinds for what it does not know.
      throw refused(`The tokenizer cannot be read: ${String(known).slice(0, 200)}`, path);
    }
  }

  /**
   * The tokens of a prompt with those of its start and end. One with an unknown part is refused: it would mean something else.
   * @param length the most tokens
   * @throws UserError `outside.tokenizer`, `outside.prompt-too-long`
   */
  tokens(prompt: string, length: number): number[] {
    const ids = this.#encode(prompt, true);
    const shown = `"${prompt.slice(0, 200)}"`;
    if (ids.length > length) {
      throw outsideError(
        'prompt-too-long',
        `The prompt ${shown} has ${ids.length} tokens, and the text encoder takes ${length}`,
        this.path,
        'Shorten the template or the word for the class.',
      );
    }
    const unknown = ids.find((id) => !isToken(id));
    const tokens = ids.filter(isToken);
    if (tokens.length > 0 && tokens.length === ids.length && !this.#hasUnknown(prompt)) return tokens;
    const what =
      typeof unknown === 'number'
        ? `The tokenizer gives the prompt ${shown} the token ${unknown}, which no text encoder has`
        : `The tokenizer does not know every part of the prompt ${shown}`;
    throw refused(what, this.path, 'Use other words, or the tokenizer.json that belongs to the text encoder.');
  }

  /** Without those of start and end, which may be the token for what is not known, as in CLIP. */
  #hasUnknown(prompt: string): boolean {
    const { unk_token: token, unk_token_id: known } = this.#library.model ?? {};
    const unknown = typeof token === 'string' ? this.#library.token_to_id(token) : known;
    return unknown !== undefined && this.#encode(prompt, false).includes(unknown);
  }

  #encode(prompt: string, withEnds: boolean): readonly unknown[] {
    try {
      return this.#library.encode(prompt, { add_special_tokens: withEnds }).ids;
    } catch (error) {
      throw refused(`The tokenizer fails at "${prompt.slice(0, 200)}": ${String(error).slice(0, 200)}`, this.path);
    }
  }
}

const isToken = (id: unknown): id is number =>
  typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= largestToken;

const refused = (what: string, path: string, remedy = 'Choose the tokenizer.json that belongs to the text encoder.') =>
  outsideError('tokenizer', what, path, remedy);

const { pad, length } = tokenizerFileSchema.shape;
/** As `tokenizers` writes how prompts are filled up and cut. Nothing that is not there, or is nonsense, counts. */
const sayingLengths = z.looseObject({
  padding: z
    .looseObject({ pad_id: pad.catch(null), strategy: z.looseObject({ Fixed: length }).nullable().catch(null) })
    .nullable()
    .catch(null),
  truncation: z.looseObject({ max_length: length }).nullable().catch(null),
});

function described(json: z.output<typeof withModel>, library: Library): Omit<TokenizerFile, 'name' | 'bytes' | 'hash'> {
  const { padding, truncation } = sayingLengths.parse(json);
  const { type = '', vocab } = json.model;
  const filler = fillers.map((token) => library.token_to_id(token)).find(isToken);
  return {
    kind: type,
    tokens: Object.keys(vocab).length,
    pad: padding?.pad_id ?? filler ?? null,
    length: padding?.strategy?.Fixed ?? truncation?.max_length ?? null,
  };
}
