import { listFiles } from '../contract/files.ts';
import { statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { z } from 'zod';
import type { UserError } from '../../../contract/wire/index.ts';
import {
  type FilesOf,
  type FoundFiles,
  type ModelMapping,
  type ModelProgress,
  foundFilesSchema,
  modelProgressSchema,
  type OutsideCheck,
  outsideCheckSchema,
} from '../contract/outside.ts';
import {
  type AskOptions,
  type Checks,
  type Input,
  type Launcher,
  type Output,
  ProcessClient,
} from '../../../processes/index.ts';
import { hashSchema } from '../../../contract/recipes/index.ts';
import type { ModelHandlers } from './model-server.ts';
import { entryModule } from '../../../files/index.ts';
import { outsideError } from './errors.ts';
import { isAboutMemory, memoryError } from './runtime.ts';

interface ModelProcessOptions {
  launcher: Launcher;
  /** Paths. */
  files: FilesOf<string>;
  /** Folder of the blob store, which also gets the answers. */
  blobs: string;
  /** Bytes of memory. Default: half of the machine's, at most 8 GiB. */
  memory?: number;
  /**
   * Milliseconds that loading the model, its first batch, or a prompt may take. Default: 7 s, and 1 s more for each 50 MB of
   * its files. Later batches may take 30 s: the model has shown that it ends, and the machine may be busy.
   */
  patience?: number;
  /** Milliseconds without a question after which the process ends. Default 30,000. */
  idleFor?: number;
}

type Asking = AskOptions<ModelProgress>;
type Images = Input<ModelHandlers['predict']>['images'];

const event = modelProgressSchema;
const checks: Checks<ModelHandlers> = {
  inspect: { event, output: foundFilesSchema },
  predict: {
    event,
    output: z.strictObject({ softmax: hashSchema, labels: hashSchema, other: hashSchema.nullable() }),
  },
  check: { event, output: outsideCheckSchema },
};

/**
 * One outside model in a process of its own, which reads, loads and runs it. A file that hangs, crashes or takes too much
 * memory ends that process, and costs a UserError and nothing else. Close it when the model is no longer needed.
 */
export class ModelProcess {
  readonly #client: ProcessClient<ModelHandlers>;
  readonly #files: FilesOf<string>;
  /** Bytes of all files, of which external data are known once they were inspected. */
  #bytes: number;
  #hasRun = false;
  /** The file that is at work. */
  #at: string;

  constructor({ launcher, files, blobs, memory = defaultMemory(), idleFor = 30_000, ...options }: ModelProcessOptions) {
    this.#files = files;
    this.#at = files.model;
    this.#bytes = bytesOf(files);
    const patience = (): number => options.patience ?? 7000 + this.#bytes / 50_000;
    this.#client = new ProcessClient<ModelHandlers>({
      checks,
      launcher,
      idleFor,
      startPatience: patience() + starting,
      tries: 1,
      patience: () => (this.#hasRun ? Math.max(patience(), laterPatience) : patience()),
      entry: entryModule('contributions/outside/model/model-child'),
      args: () => [blobs, String(memory)],
      died: (why, hungAfter) => diedError(why, hungAfter, this.#at, this.#at !== files.model),
      failed: (message, detail) => failedError(message, detail, this.#at),
    });
  }

  get pid(): number | undefined {
    return this.#client.pid;
  }

  /** What the files say of themselves. @throws UserError `outside.*`, `file.*` */
  async inspect(asking: Asking = {}): Promise<FoundFiles> {
    const found = await this.#client.ask('inspect', { files: this.#files }, asking);
    const all = [found, ...(found.text ? [found.text.encoder] : [])].flatMap(({ files }) => files);
    this.#bytes = Math.max(
      this.#bytes,
      all.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    return found;
  }

  /**
   * Stores softmax, labels and what belongs to no class, and gives their hashes.
   * @throws UserError `outside.*`; the signal's reason
   */
  predict(mapping: ModelMapping, images: Images, asking: Asking = {}): Promise<Output<ModelHandlers['predict']>> {
    return this.#client.ask('predict', { files: this.#files, mapping, images }, this.#watched(asking));
  }

  /** @param task the data set, and how many of its test images at most @throws UserError `outside.*`, `data-set.*` */
  check(
    mapping: ModelMapping,
    task: Pick<Input<ModelHandlers['check']>, 'dataSet' | 'dataSetHash' | 'images'>,
    asking: Asking = {},
  ): Promise<OutsideCheck> {
    return this.#client.ask('check', { files: this.#files, mapping, ...task }, this.#watched(asking));
  }

  /** Passes progress on, and notes which file is in use and whether the model has run. */
  #watched(asking: Asking): Asking {
    const onEvent = (progress: ModelProgress): void => {
      this.#at = (progress.of === 'prompts' && this.#files.text?.encoder) || this.#files.model;
      this.#hasRun ||= progress.of === 'images' && progress.done > 0;
      asking.onEvent?.(progress);
    };
    return { ...asking, onEvent };
  }

  /** Ends the process, and resolves when it has exited. */
  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Milliseconds that the start of the process may take on a busy machine; no time of the model. */
const starting = 30_000;

/** Milliseconds. */
const laterPatience = 30_000;

const defaultMemory = (): number => Math.min(8 * 2 ** 30, totalmem() / 2);

const bytesOf = (files: FilesOf<string>): number =>
  listFiles(files).reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);

/** @param why, hungAfter as `ProcessClient` has them */
function diedError(why: string, hungAfter: number | null, path: string, isText: boolean): UserError {
  if (isAboutMemory(why)) return memoryError(path);
  if (hungAfter !== null) {
    return outsideError(
      'too-slow',
      `The model gave no answer within ${Math.round(hungAfter / 1000)} s and was stopped`,
      path,
      isText
        ? 'Check that this is the text encoder, and that the tokenizer is the one that belongs to it.'
        : 'Check that it is a classifier of images, and that the input size in the mapping is the one it was made for.',
    );
  }
  return outsideError(
    'crashed',
    `The process that runs the model has ended: ${why}`,
    path,
    'The program itself is unharmed. Export the model again, or use another version of it.',
  );
}

const failedError = (message: string, detail: string, path: string): UserError =>
  outsideError(
    'failed',
    `The model could not be used: ${message.replaceAll(/\s*\n\s*/g, '; ').slice(0, 400)}`,
    path,
    `Please report this defect of the program: ${detail.trim().split('\n')[1]?.trim() ?? 'no place is known'}.`,
  );
