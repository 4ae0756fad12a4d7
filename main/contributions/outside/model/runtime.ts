import { firstLine, messageOf, type UserError } from '../../../contract/wire/index.ts';
import { createRequire } from 'node:module';
import { missingPackage } from '../../../files/index.ts';
import { outsideError } from './errors.ts';
import { checkModelFile, type ModelPlace } from './model-file.ts';

/** What is used of onnxruntime-node. Its own types may be missing, as the package is optional. */
interface Runtime {
  Tensor: new (type: string, values: ArrayBufferView, shape: readonly number[]) => OutputTensor;
  InferenceSession: { create(path: string, options: object): Promise<Session> };
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, OutputTensor>, outputs: readonly string[]): Promise<Record<string, Partial<OutputTensor>>>;
  release(): Promise<void>;
}
/** `data`: numbers, bigints, strings or booleans. */
interface OutputTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<unknown>;
}

const load = createRequire(import.meta.url);

/** Null if ONNX Runtime is installed, else what is missing. Loads nothing. */
export const missingRuntime = (): string | null => missingPackage('onnxruntime-node');

const loadRuntime = (): Runtime =>
  withoutFloat16Array(() => {
    const runtime = loadOptional('onnxruntime-node', 'ONNX Runtime, which runs models of others,') as Runtime;
    // Its first tensor decides by what arrays it knows element types.
    new runtime.Tensor('float16', new Uint16Array(1), [1]);
    return runtime;
  });

/** @param what the package is, as the start of a sentence @throws UserError `outside.no-library` */
export function loadOptional(name: string, what: string): unknown {
  try {
    return load(name);
  } catch (error) {
    throw outsideError(
      'no-library',
      `${what} is missing or cannot be loaded: ${firstLine(messageOf(error))}`,
      `the package ${name}`,
      'Run `npm ci` in the folder of the program, or install the program again. Everything else works without it.',
    );
  }
}

/** The native part of 1.30 takes a Float16Array for no bytes, and the bits in a Uint16Array for what they are. */
function withoutFloat16Array<T>(action: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    return action();
  } finally {
    if (own) Object.defineProperty(globalThis, 'Float16Array', own);
  }
}

const toBits = (values: ArrayBufferView): ArrayBufferView =>
  values instanceof Float16Array ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values;

const fromBits = (data: Uint16Array): Float16Array => new Float16Array(data.buffer, data.byteOffset, data.length);

/** One thread and one operation at a time, on the processor: the same bytes each time. */
const options = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // Memory goes back to the system after each batch.
  enableCpuMemArena: false,
  enableMemPattern: false,
  // Errors are thrown; warnings of exporters interest nobody here.
  logSeverityLevel: 4,
};

/** A model of others, loaded in this process. Libraries with operations of others are never registered. */
export class ModelSession {
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #path: string;

  private constructor(runtime: Runtime, session: Session, path: string) {
    this.#runtime = runtime;
    this.#session = session;
    this.#path = path;
  }

  /** Only what was checked gets to the library, from the same place. @throws UserError `outside.*`, `file.*` */
  static async open(chosen: string, place: ModelPlace = checkModelFile(chosen)): Promise<ModelSession> {
    const runtime = loadRuntime();
    try {
      return new ModelSession(runtime, await runtime.InferenceSession.create(place.path, options), chosen);
    } catch (error) {
      throw runtimeError('not-loadable', 'ONNX Runtime cannot load the model', error, chosen);
    }
  }

  /** One output for some inputs: their element types as files name them, their values and shapes. @throws UserError */
  async run(
    inputs: Readonly<Record<string, { type: string; values: ArrayBufferView; shape: readonly number[] }>>,
    output: string,
  ): Promise<{ dims: readonly number[]; data: ArrayLike<number> }> {
    const missing = Object.keys(inputs).find((name) => !this.#session.inputNames.includes(name));
    if (missing !== undefined) throw this.#absent('input', missing, this.#session.inputNames);
    if (!this.#session.outputNames.includes(output)) throw this.#absent('output', output, this.#session.outputNames);
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { type, values, shape }]) => [
        name,
        new this.#runtime.Tensor(type, toBits(values), shape),
      ]),
    );
    const results = await this.#session.run(feeds, [output]).catch((error: unknown) => {
      throw runtimeError('run-failed', 'The model cannot process the images with this mapping', error, this.#path);
    });
    const { type = 'no tensor', dims = [], data = [] } = results[output] ?? {};
    if (type === 'float16' && data instanceof Uint16Array) return { dims, data: fromBits(data) };
    if (typeof data[0] === 'number') return { dims, data: data as ArrayLike<number> };
    throw outsideError(
      'output',
      `The output "${output}" has ${dims.includes(0) ? 'no values' : `values of the type ${type}`}, and numbers are needed`,
      this.#path,
      'Choose another output, or export the model with logits or probabilities as its output.',
    );
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }

  #absent(what: string, name: string, present: readonly string[]): UserError {
    return outsideError(
      what,
      `The model has no ${what} "${name}"; it has ${present.slice(0, 10).join(', ')}`,
      this.#path,
      `Choose one of these in the mapping.`,
    );
  }
}

/** Whether a message means that memory has run out. */
export const isAboutMemory = (message: string): boolean =>
  /bad_alloc|failed to allocate|out of memory|memory limit|heap limit/i.test(message);

export const memoryError = (path: string): UserError =>
  outsideError(
    'memory',
    'The model needs more memory than a model of others may have',
    path,
    'Nothing was changed. Close other programs, or use a smaller version of the model.',
  );

function runtimeError(code: string, what: string, error: unknown, path: string): UserError {
  const message = messageOf(error);
  if (isAboutMemory(message)) return memoryError(path);
  return outsideError(code, `${what}: ${readable(message)}`, path, remedies[code] ?? '');
}

const remedies: Record<string, string> = {
  'not-loadable': 'Export the model again with standard operations, e.g. for opset 17.',
  'run-failed': 'Compare the mapping with the shape of the input, or export the model again.',
};

/** Without the places in the library's sources. */
function readable(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  const plain = line
    .replace(/^Load model from .*? failed:\s*/, '')
    .replace(/\/\S+\.(?:cc|h|cpp):\d+ .*\)\s+(?=\S)/, '');
  return plain.slice(0, 400).replace(/[.\s]+$/, '');
}
