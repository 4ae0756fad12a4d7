import { statSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { UserError } from '../../contract/errors.ts';
import {
  type InputMapping,
  type ModelFile,
  type OutputMapping,
  outsideCalls,
  type OutsideCheck,
} from '../../contract/outside.ts';
import type { Input, Output } from '../../processes/protocol.ts';
import { entryModule } from '../../files/places.ts';
import { type AskOptions, ProcessClient } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { outsideError } from './errors.ts';
import { isAboutMemory, memoryError } from './runtime.ts';

interface ModelProcessOptions {
  launcher: Launcher;
  /** The ONNX file; its external data lie in the same folder. */
  path: string;
  /** Folder of the blob store, which also gets the answers. */
  blobs: string;
  /** Bytes of memory. Default: half of the machine's, at most 8 GiB. */
  memory?: number;
  /**
   * Milliseconds that loading the model, or its first batch, may take. Default: 7 s, and 1 s more for each 50 MB of the file.
   * Later batches may take 30 s: the model has shown that it ends, and the machine may be busy.
   */
  patience?: number;
  /** Milliseconds without a question after which the process ends. Default 30,000. */
  idleFor?: number;
}

type Progress = { done: number; total: number };
type Images = Input<(typeof outsideCalls)['predict']>['images'];
/** Files and mapping of an image-text model's texts. */
type Text = NonNullable<Input<(typeof outsideCalls)['predict']>['text']>;

/**
 * One outside model in a process of its own, which reads, loads and runs it. A file that hangs, crashes or takes too much
 * memory ends that process, and costs a UserError and nothing else. Close it when the model is no longer needed.
 */
export class ModelProcess {
  readonly #client: ProcessClient<typeof outsideCalls>;
  readonly #path: string;
  #hasRun = false;

  constructor({ launcher, path, blobs, memory = defaultMemory(), idleFor = 30_000, ...options }: ModelProcessOptions) {
    const { patience = defaultPatience(path) } = options;
    this.#path = path;
    this.#client = new ProcessClient({
      ...{ calls: outsideCalls, launcher, idleFor, startPatience: patience + starting, tries: 1 },
      patience: () => (this.#hasRun ? Math.max(patience, laterPatience) : patience),
      entry: entryModule('training/outside/model-child'),
      args: () => [blobs, String(memory)],
      died: (why) => diedError(why, path),
      failed: (message, detail) => failedError(message, detail, path),
    });
  }

  get pid(): number | undefined {
    return this.#client.pid;
  }

  /** What the file says of itself. @throws UserError `outside.*`, `file.*` */
  inspect(asking: AskOptions<Progress> = {}): Promise<ModelFile> {
    return this.#client.ask('inspect', { path: this.#path }, asking);
  }

  /**
   * Stores softmax, labels and what belongs to no class, and gives their hashes.
   * @param text of an image-text model: see `textOutput` for its `output` @throws UserError `outside.*`; the signal's reason
   */
  predict(
    input: InputMapping,
    output: OutputMapping,
    images: Images,
    { text, ...asking }: AskOptions<Progress> & { text?: Text } = {},
  ): Promise<Output<(typeof outsideCalls)['predict']>> {
    const question = { path: this.#path, input, output, text, images };
    return this.#client.ask('predict', question, this.#watched(asking));
  }

  /** @param task the data set, and how many of its test images at most @throws UserError `outside.*`, `data-set.*` */
  check(
    input: InputMapping,
    output: OutputMapping,
    task: Pick<Input<(typeof outsideCalls)['check']>, 'dataSet' | 'dataSetHash' | 'images'>,
    { text, ...asking }: AskOptions<Progress> & { text?: Text } = {},
  ): Promise<OutsideCheck> {
    return this.#client.ask('check', { path: this.#path, input, output, text, ...task }, this.#watched(asking));
  }

  /** Also notes that the model has run. */
  #watched(asking: AskOptions<Progress>): AskOptions<Progress> {
    const onEvent = (progress: Progress): void => {
      this.#hasRun ||= progress.done > 0;
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

const defaultPatience = (path: string): number =>
  7000 + (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 50_000;

/** @param why a sentence without its full stop, of `ProcessClient` */
function diedError(why: string, path: string): UserError {
  if (isAboutMemory(why)) return memoryError(path);
  const [, seconds] = /did not answer within ([\d.]+) s/.exec(why) ?? [];
  if (seconds !== undefined) {
    return outsideError(
      'too-slow',
      `The model gave no answer within ${Math.round(Number(seconds))} s and was stopped`,
      path,
      'Check that it is a classifier of images, and that the input size in the mapping is the one it was made for.',
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
