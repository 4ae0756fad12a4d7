import type { UserError } from '../../../contract/wire/index.ts';
import type {
  FilesOf,
  FoundFiles,
  InputMapping,
  ModelMapping,
  ModelProgress,
  OutputMapping,
  TextMapping,
} from '../contract/outside.ts';
import { bytesOf } from '../../../domain/numbers/index.ts';
import { imageLength, type ImageSize, sizeOf } from '../../../domain/data/index.ts';
import { BlobStore, onFile } from '../../../files/index.ts';
import { type CallContext, serve } from '../../../processes/index.ts';
import { loadTaskDataSet, type TrainingTask } from '../../../training/data/load/index.ts';
import { checkMapping } from './check.ts';
import { outsideError } from './errors.ts';
import {
  imageWriter,
  inputShape,
  type InputValues,
  type MappedPredictions,
  OutputMismatch,
  toSoftmax,
} from './mapping.ts';
import { limitMemory } from './memory.ts';
import { checkModelFile, inspectModelFile, type ModelPlace, stateOf } from './model-file.ts';
import { ModelSession } from './runtime.ts';
import { classVectors, cosineLogits, textOutput } from './text.ts';
import { Tokenizer } from './tokenizer.ts';

/** Images, uint8 [count, height, width, channels]. */
type GivenImages = ImageSize & {
  /** `pixels`: the pixels in base64; `blob`: their hash. */
  from: 'pixels' | 'blob';
  pixels: string;
};
/** `files`: paths. */
type Mapped = { files: FilesOf<string>; mapping: ModelMapping };
type Working = CallContext<ModelProgress>;

const handlersOf = (model: LoadedModel, blobs: BlobStore) => ({
  /** Reads the files without running them. */
  inspect: ({ files }: Pick<Mapped, 'files'>, { emit }: Working) =>
    model.inspect(files, (done, total) => emit({ of: 'bytes', done, total })),
  /**
   * Gives blobs, little-endian. `softmax`: float32 [count, classes]; `labels`: uint16 [count], the lowest class with the
   * largest softmax; `other`: float32 [count], or null where every output belongs to a class.
   */
  predict: async ({ images, ...question }: Mapped & { images: GivenImages }, { emit, signal }: Working) => {
    const size = sizeOf(images);
    const pixels = images.from === 'blob' ? blobs.get(images.pixels) : Buffer.from(images.pixels, 'base64');
    const count = pixels.length / imageLength(size);
    if (!Number.isInteger(count)) throw new Error('the number of pixels does not fit the size of the images');
    const report = reporting(emit, signal);
    const { softmax, labels, other } = await model.predict({ ...question, size, pixels }, report);
    const stored = (values: Float32Array | Uint16Array): string => blobs.put(bytesOf(values));
    return { softmax: stored(softmax), labels: stored(labels), other: other && stored(other) };
  },
  /** At most `images` test images of a data set, and alternative mappings on fewer. */
  check: async (
    { files, mapping, images, ...task }: Mapped & Pick<TrainingTask, 'dataSet' | 'dataSetHash'> & { images: number },
    { emit, signal }: Working,
  ) => {
    const report = reporting(emit, signal);
    await report({ of: 'images', done: 0, total: images });
    const data = loadTaskDataSet(task, blobs);
    return checkMapping({
      data,
      mapping,
      images,
      predict: (each, pixels, onProgress) =>
        model.predict({ files, mapping: each, size: sizeOf(data), pixels }, (progress) =>
          progress.of === 'images' ? onProgress(progress.done) : report(progress),
        ),
      onProgress: (done, total) => report({ of: 'images', done, total }),
    });
  },
});
export type ModelHandlers = ReturnType<typeof handlersOf>;

/** Answers questions about one model, which this process loads. @param memory bytes that this process may use */
export async function serveModel(blobFolder: string, memory: number): Promise<void> {
  await limitMemory(memory);
  serve(handlersOf(new LoadedModel(), new BlobStore(blobFolder)));
}

type Report = (progress: ModelProgress) => Promise<void>;

/**
 * Tells, and lets the message go out and a cancellation come in: what follows may hold this process up, and is timed from
 * here by the parent.
 */
const reporting =
  (emit: (progress: ModelProgress) => void, signal: AbortSignal): Report =>
  async (progress) => {
    emit(progress);
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  };

/** Images in one call of a model that takes any number. It decides last bits, so nothing measured decides it. */
const batchOf = ({ width, height }: InputMapping): number =>
  Math.max(1, Math.min(32, Math.floor((4 * 128 * 128) / (width * height))));

type Files = FilesOf<string>;

interface Question {
  files: Files;
  mapping: ModelMapping;
  size: ImageSize;
  /** uint8 [count, height, width, channels] */
  pixels: Uint8Array;
}

/** Files that change while this process serves them are refused: those that were hashed are those that run. */
class LoadedModel {
  readonly #states = new Map<string, string>();
  #path = '';
  #session: ModelSession | null = null;
  #tokenizer: Tokenizer | null = null;
  #vectors: { key: string; ofClasses: Float64Array[] } | null = null;

  async inspect({ model, text }: Files, onProgress: (done: number, total: number) => void): Promise<FoundFiles> {
    const inspect = async (path: string) => {
      this.#unchanged(path);
      const file = await inspectModelFile(path, onProgress);
      this.#unchanged(path);
      return file;
    };
    const found = await inspect(model);
    if (!text) return found;
    const encoder = await inspect(text.encoder);
    return { ...found, text: { encoder, tokenizer: this.#readTokenizer(text.tokenizer).file } };
  }

  /** Softmax of all images. @param report gets the number of finished images, first 0 when the model is loaded */
  async predict({ files, mapping, size, pixels }: Question, report: Report): Promise<MappedPredictions> {
    const { input } = mapping;
    const output = outputOf(mapping);
    const path = files.model;
    const count = pixels.length / imageLength(size);
    await report({ of: 'images', done: 0, total: count });
    const vectors = mapping.kind === 'image-text' ? await this.#classVectors(files, mapping.text, report) : null;
    const session = await this.#open(path);
    await report({ of: 'images', done: 0, total: count });
    const batch = input.batch ?? batchOf(input);
    const shape = inputShape(input, batch);
    const length = shape.reduce((product, side) => product * side, 1);
    const writeImage = imageWriter(input, size);
    const black = new Uint8Array(imageLength(size));
    const classes = output.classes.length;
    const all: MappedPredictions = {
      softmax: new Float32Array(count * classes),
      labels: new Uint16Array(count),
      other: output.classes.flat().length < output.size ? new Float32Array(count) : null,
    };
    for (let first = 0; first < count; first += batch) {
      const present = Math.min(batch, count - first);
      const values = newValues(input.element, length);
      for (let k = 0; k < batch; k++) {
        if (k < present) writeImage(pixels, first + k, values, (k * length) / batch);
        else writeImage(black, 0, values, (k * length) / batch);
      }
      const result = await session.run({ [input.input]: { type: input.element, values, shape } }, output.output);
      const part = mapped(
        () => {
          if (!vectors || mapping.kind !== 'image-text') return toSoftmax(result.data, result.dims, output, present);
          const logits = cosineLogits(result.data, result.dims, vectors, mapping.text.scale, present);
          return toSoftmax(logits, [present, vectors.length], output, present);
        },
        path,
        mapping.kind,
      );
      all.softmax.set(part.softmax, first * classes);
      all.labels.set(part.labels, first);
      if (part.other) all.other?.set(part.other, first);
      await report({ of: 'images', done: first + present, total: count });
    }
    return all;
  }

  /** Vectors of the classes; the last ones are kept. The text encoder leaves memory once they are known. */
  async #classVectors({ text }: Files, mapping: TextMapping, report: Report): Promise<Float64Array[]> {
    if (!text) throw new Error('the text encoder is not among the files');
    const key = JSON.stringify([text, mapping]);
    if (this.#vectors?.key === key) {
      this.#unchanged(text.encoder);
      this.#unchangedFile(text.tokenizer);
      return this.#vectors.ofClasses;
    }
    const tell = (done: number, total: number) => report({ of: 'prompts', done, total });
    await tell(0, 1);
    const tokenizer = this.#readTokenizer(text.tokenizer);
    const encoder = await this.#load(text.encoder);
    try {
      const ofClasses = await classVectors(encoder, tokenizer, mapping, tell);
      this.#vectors = { key, ofClasses };
      return ofClasses;
    } catch (error) {
      throw error instanceof OutputMismatch ? mismatch(error, text.encoder, 'text') : error;
    } finally {
      await encoder.dispose();
    }
  }

  #readTokenizer(path: string): Tokenizer {
    this.#unchangedFile(path);
    const tokenizer = this.#tokenizer?.path === path ? this.#tokenizer : Tokenizer.read(path);
    this.#unchangedFile(path);
    this.#tokenizer = tokenizer;
    return tokenizer;
  }

  async #open(path: string): Promise<ModelSession> {
    if (this.#session && this.#path === path) {
      this.#unchanged(path);
      return this.#session;
    }
    await this.#session?.dispose();
    this.#session = null;
    this.#session = await this.#load(path);
    this.#path = path;
    return this.#session;
  }

  async #load(path: string): Promise<ModelSession> {
    const session = await ModelSession.open(path, this.#unchanged(path));
    this.#unchanged(path);
    return session;
  }

  /** @throws UserError `outside.changed` if the files are not those of the first question about them */
  #unchanged(path: string): ModelPlace {
    const place = checkModelFile(path);
    this.#expect(place.state, path);
    return place;
  }

  /** `#unchanged` for a file that is no model. */
  #unchangedFile(path: string): void {
    this.#expect(
      onFile(path, () => stateOf(path)),
      path,
    );
  }

  #expect(state: string, path: string): void {
    const before = this.#states.get(path) ?? state;
    this.#states.set(path, before);
    if (before === state) return;
    throw outsideError(
      'changed',
      'A file of the model, or of its external data, was changed while it was used',
      path,
      'Choose it again once it is written completely.',
    );
  }
}

const outputOf = (mapping: ModelMapping): OutputMapping =>
  mapping.kind === 'onnx' ? mapping.output : textOutput(mapping.imageOutput, mapping.text);

function newValues(element: InputMapping['element'], length: number): InputValues {
  if (element === 'uint8') return new Uint8Array(length);
  if (element === 'float16') return new Float16Array(length);
  return element === 'float64' ? new Float64Array(length) : new Float32Array(length);
}

type Role = ModelMapping['kind'] | 'text';

function mapped<Result>(map: () => Result, path: string, role: Role): Result {
  try {
    return map();
  } catch (error) {
    if (error instanceof OutputMismatch) throw mismatch(error, path, role);
    throw error;
  }
}

const mismatch = ({ kind, message }: OutputMismatch, path: string, role: Role): UserError =>
  outsideError(
    kind === 'shape' ? 'output-shape' : kind === 'undefined' ? 'undefined-values' : kind,
    message,
    path,
    {
      shape: fitting[role],
      undefined:
        role === 'text'
          ? 'Check that text encoder and tokenizer belong together; if they do, the model itself is broken.'
          : 'Check how images are scaled in the mapping; if that is right, the model itself is broken.',
      'not-probabilities': 'Choose logits in the mapping.',
    }[kind],
  );

const fitting: Record<Role, string> = {
  onnx: 'Choose the output that has a number for each class, and its size, in the mapping.',
  'image-text': 'Choose the output of the image encoder that has a vector as long as those of the texts.',
  text: 'Choose the output of the text encoder that has one vector for each prompt.',
};
