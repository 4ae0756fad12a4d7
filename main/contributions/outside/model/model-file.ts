import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, lstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { maxMetadata, type ModelFile, type Tensor } from '../contract/outside.ts';
import { formatBytes } from '../../../domain/numbers/index.ts';
import { commonHash } from './common-hash.ts';
import { fileError, onFile } from '../../../files/index.ts';
import { outsideError } from './errors.ts';
import { libraryOperations } from './library-operations.ts';
import { type Field, MessageReader, NotReadable } from './protobuf.ts';

/** The newest that ONNX Runtime 1.30 runs. */
const newest = { opset: 26, ir: 13 };

/** Protocol buffers end here; larger models keep their weights in files of external data. */
const largestFile = 2 ** 31 - 1;
const mostExternalFiles = 999;

/** Domains of ONNX itself. */
const standardDomains = new Set(['', 'ai.onnx', 'ai.onnx.ml']);

/** Whether an operation is one of ONNX or comes with ONNX Runtime; all others would need code of others. */
const isKnown = (domain: string, name: string): boolean =>
  standardDomains.has(domain) || (domain === 'com.microsoft' && libraryOperations.has(name));

/** `TensorProto.DataType`, by number. */
const elementTypes = [
  ...['undefined', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16'],
  ...['float64', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16'],
];

/**
 * Reads what an ONNX file says of itself, and hashes it with its external data, without running it and without its weights
 * in memory.
 * @throws UserError `outside.*` for a file that is damaged, too new, or would run code or read files of others; `file.*`
 */
export async function inspectModelFile(
  chosen: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ModelFile> {
  try {
    const { found, names } = readModel(chosen);
    const total = names.reduce((sum, { bytes }) => sum + bytes, 0);
    const files: ModelFile['files'] = [];
    let done = 0;
    for (const { name, path: from, bytes } of names) {
      const hash = createHash('sha256');
      for await (const part of createReadStream(from, { highWaterMark: 2 ** 22 })) {
        hash.update(part);
        done += part.length;
        onProgress(done, total);
      }
      files.push({ name, bytes, hash: hash.digest('hex') });
    }
    return { format: 'onnx', hash: commonHash(files), files, ...described(found) };
  } catch (error) {
    throw fileError(error, chosen);
  }
}

/** Where the bytes of a model are, and in which state. */
export interface ModelPlace {
  /** Path of the ONNX file without links: external data are beside it. */
  path: string;
  /** State of all files: another one if one of them was replaced or written. */
  state: string;
}

/**
 * Refuses what `inspectModelFile` refuses, without hashing: nothing else is given to the library.
 * @throws UserError `outside.*`, `file.*`
 */
export function checkModelFile(chosen: string): ModelPlace {
  return onFile(chosen, () => {
    const { path, names } = readModel(chosen);
    return { path, state: names.map((each) => stateOf(each.path)).join('\n') };
  });
}

/** The state of one file: another one if it was replaced or written. */
export function stateOf(path: string): string {
  const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
  return [path, dev, ino, size, mtimeNs].join(' ');
}

/** What the file says, its path without links, and all files that it needs. */
function readModel(chosen: string): {
  found: Found;
  path: string;
  names: { name: string; path: string; bytes: number }[];
} {
  const path = realpathSync(chosen);
  const found = readFile(path, chosen);
  checkRunnable(found, chosen);
  const external = [...found.external].sort().map((location) => externalFile(path, location, chosen));
  return { found, path, names: [{ name: basename(chosen), path, bytes: found.bytes }, ...external] };
}

/** What a graph with its subgraphs has. */
interface Found {
  bytes: number;
  ir: number;
  producer: string[];
  metadata: ModelFile['metadata'];
  domains: Map<string, number>;
  hasGraph: boolean;
  parameters: number;
  /** By `<domain> <name>`. */
  ops: Map<string, number>;
  functions: Set<string>;
  external: Set<string>;
  inputs: Tensor[];
  outputs: Tensor[];
  weights: Set<string>;
  /** Operations of the main graph whose results may be asked for, by the names of these. */
  makers: Map<string, string>;
}

/** @param where the path as it was chosen, for errors */
function readFile(path: string, where: string): Found {
  const file = openSync(path, 'r');
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw notOnnx('This is not a file', where);
    if (status.size === 0) throw notOnnx('The file is empty', where);
    const first = Buffer.alloc(16);
    readSync(file, first, 0, first.length, 0);
    const other = otherFormat(first);
    if (other) throw notOnnx(`This is not an ONNX file but looks like ${other}`, where);
    if (status.size > largestFile) {
      throw outsideError(
        'too-large',
        `The file has ${formatBytes(status.size)}, and ONNX files end at 2 GB`,
        where,
        'Export the model with its weights in files of external data.',
      );
    }
    return new ModelReader(new MessageReader(file, status.size), status.size).read();
  } catch (error) {
    if (error instanceof NotReadable) throw notOnnx(`This is not a complete ONNX file. ${error.message}`, where);
    throw error;
  } finally {
    closeSync(file);
  }
}

const notOnnx = (what: string, path: string) =>
  outsideError(
    'not-onnx',
    what,
    path,
    'Choose a complete .onnx file, or export the model again, e.g. with torch.onnx.export.',
  );

function otherFormat(first: Buffer): string | null {
  const start = first.toString('latin1');
  if (start.startsWith('PK\x03\x04')) return 'a PyTorch checkpoint, a Keras model or another zip file';
  if (start.startsWith('\x89HDF')) return 'a Keras model in HDF5';
  if (start.startsWith('\x80')) return 'a Python pickle, e.g. an old PyTorch checkpoint';
  if (start.startsWith('GGUF')) return 'a GGUF language model';
  if (start.slice(4, 8) === 'TFL3') return 'a TensorFlow Lite model';
  if (start.slice(4, 8) === 'ORTM') return 'a model in ORT format';
  return start[8] === '{' ? 'a safetensors file, which has weights without the network' : null;
}

class ModelReader {
  readonly #reader: MessageReader;
  readonly #found: Found;
  #metadataLength = 0;

  constructor(reader: MessageReader, bytes: number) {
    this.#reader = reader;
    this.#found = {
      bytes,
      ir: 0,
      producer: ['', ''],
      metadata: [],
      domains: new Map(),
      hasGraph: false,
      parameters: 0,
      ops: new Map(),
      functions: new Set(),
      external: new Set(),
      inputs: [],
      outputs: [],
      weights: new Set(),
      makers: new Map(),
    };
  }

  read(): Found {
    const found = this.#found;
    this.#reader.file((field, content) => {
      if (field === 1 && content.wire === 'number') found.ir = content.value;
      if (content.wire !== 'bytes') return;
      if (field === 2) found.producer[0] = this.#name(content);
      if (field === 3) found.producer[1] = this.#name(content);
      if (field === 7) this.#graph(content.end, true);
      if (field === 8) this.#opset(content.end);
      if (field === 14) this.#metadata(content.end);
      if (field === 25) this.#function(content.end);
    });
    return found;
  }

  #name({ end }: Extract<Field, { wire: 'bytes' }>): string {
    return this.#reader.text(end, 500);
  }

  #graph(end: number, isMain: boolean): void {
    const found = this.#found;
    if (isMain) found.hasGraph = true;
    this.#reader.message(end, (field, content) => {
      if (content.wire !== 'bytes') return;
      if (field === 1) this.#node(content.end, isMain);
      if (field === 5) this.#tensor(content.end, isMain);
      if (field === 15) this.#sparse(content.end, isMain);
      if (isMain && field === 11) found.inputs.push(this.#value(content.end));
      if (isMain && field === 12) found.outputs.push(this.#value(content.end));
      if (found.inputs.length > 100_000 || found.outputs.length > 1000)
        throw new NotReadable('It has too many inputs or outputs');
    });
  }

  #node(end: number, isMain: boolean): void {
    const { ops, makers } = this.#found;
    let [domain, op] = ['', ''];
    const results: string[] = [];
    this.#reader.message(end, (field, content) => {
      if (content.wire !== 'bytes') return;
      if (field === 2 && isMain) results.push(this.#name(content));
      if (field === 4) op = this.#name(content);
      if (field === 5) this.#attribute(content.end);
      if (field === 7) domain = this.#name(content);
    });
    if (op === '') throw new NotReadable('A step of it has no operation');
    const key = `${domain} ${op}`;
    ops.set(key, (ops.get(key) ?? 0) + 1);
    if (ops.size > 2000) throw new NotReadable('It has more than 2000 kinds of operations');
    for (const result of results) makers.set(result, op);
  }

  #attribute(end: number): void {
    this.#reader.message(end, (field, content) => {
      if (content.wire !== 'bytes') return;
      if (field === 5 || field === 10) this.#tensor(content.end, false);
      if (field === 6 || field === 11) this.#graph(content.end, false);
      if (field === 22 || field === 23) this.#sparse(content.end, false);
    });
  }

  #sparse(end: number, isMain: boolean): void {
    this.#reader.message(end, (field, content) => {
      if (content.wire === 'bytes' && (field === 1 || field === 2)) this.#tensor(content.end, isMain && field === 1);
    });
  }

  #tensor(end: number, isWeight: boolean): void {
    const { weights, external } = this.#found;
    const shape: number[] = [];
    this.#reader.message(end, (field, content) => {
      if (field === 1) shape.push(...(content.wire === 'number' ? [content.value] : this.#packed(content)));
      if (content.wire !== 'bytes') return;
      if (field === 8 && isWeight) weights.add(this.#name(content));
      if (field === 13) {
        const { key, value } = this.#entry(content.end, 4096);
        if (key === 'location') external.add(value);
        if (external.size > mostExternalFiles)
          throw new NotReadable(`It has more than ${mostExternalFiles} files of external data`);
      }
    });
    const count = shape.reduce((product, length) => product * length, 1);
    if (shape.length > 100 || count < 0 || !Number.isFinite(count))
      throw new NotReadable('A weight of it has an impossible shape');
    this.#found.parameters += count;
  }

  #packed(content: Field): number[] {
    return content.wire === 'bytes' ? this.#reader.numbers(content.end, 100) : [];
  }

  #entry(end: number, most: number): { key: string; value: string } {
    const entry = { key: '', value: '' };
    this.#reader.message(end, (field, content) => {
      if (content.wire !== 'bytes') return;
      if (field === 1) entry.key = this.#name(content);
      if (field === 2) entry.value = this.#reader.text(content.end, most, true);
    });
    return entry;
  }

  #metadata(end: number): void {
    const { metadata } = this.#found;
    const entry = this.#entry(end, maxMetadata);
    this.#metadataLength += entry.value.length;
    if (metadata.length < 200 && this.#metadataLength <= 8 * maxMetadata) metadata.push(entry);
  }

  #opset(end: number): void {
    let [domain, version] = ['', 0];
    this.#reader.message(end, (field, content) => {
      if (field === 1 && content.wire === 'bytes') domain = this.#name(content);
      if (field === 2 && content.wire === 'number') version = content.value;
    });
    this.#found.domains.set(domain === 'ai.onnx' ? '' : domain, version);
  }

  /** Operations that the file itself defines from others. */
  #function(end: number): void {
    let [domain, name] = ['', ''];
    this.#reader.message(end, (field, content) => {
      if (content.wire !== 'bytes') return;
      if (field === 1) name = this.#name(content);
      if (field === 7) this.#node(content.end, false);
      if (field === 10) domain = this.#name(content);
    });
    this.#found.functions.add(`${domain} ${name}`);
  }

  #value(end: number): Tensor {
    const tensor: Tensor = { name: '', type: 'unknown', shape: null };
    this.#reader.message(end, (field, content) => {
      if (content.wire !== 'bytes') return;
      if (field === 1) tensor.name = this.#name(content);
      if (field === 2) this.#type(content.end, tensor);
    });
    if (tensor.name === '') throw new NotReadable('An input or output of it has no name');
    return tensor;
  }

  #type(end: number, tensor: Tensor): void {
    const others: Record<number, string> = { 4: 'sequence', 5: 'map', 8: 'sparse tensor', 9: 'optional' };
    this.#reader.message(end, (field, content) => {
      tensor.type = others[field] ?? tensor.type;
      if (field !== 1 || content.wire !== 'bytes') return;
      this.#reader.message(content.end, (part, value) => {
        if (part === 1 && value.wire === 'number') tensor.type = elementTypes[value.value] ?? `type ${value.value}`;
        if (part === 2 && value.wire === 'bytes') tensor.shape = this.#shape(value.end);
      });
    });
  }

  #shape(end: number): Tensor['shape'] & object {
    const shape: NonNullable<Tensor['shape']> = [];
    this.#reader.message(end, (field, content) => {
      if (field !== 1 || content.wire !== 'bytes') return;
      let length: number | string | null = null;
      this.#reader.message(content.end, (part, value) => {
        if (part === 1 && value.wire === 'number') length = value.value;
        if (part === 2 && value.wire === 'bytes') length = this.#name(value);
      });
      shape.push(length === '' ? null : length);
      if (shape.length > 16) throw new NotReadable('An input or output of it has more than 16 dimensions');
    });
    if (shape.some((length) => typeof length === 'number' && (length < 0 || !Number.isSafeInteger(length)))) {
      throw new NotReadable('An input or output of it has an impossible shape');
    }
    return shape;
  }
}

/** @throws UserError `outside.not-onnx`, `outside.too-new`, `outside.custom-operations` */
function checkRunnable({ ir, hasGraph, domains, ops, functions }: Found, path: string): void {
  const opset = domains.get('') ?? 0;
  if (!hasGraph || ir < 1 || opset < 1) throw notOnnx('This is not a complete ONNX file. It has no network', path);
  if (opset > newest.opset || ir > newest.ir) {
    throw outsideError(
      'too-new',
      `The model needs opset ${opset} (IR version ${ir}), and this program runs opsets up to ${newest.opset} (IR version ${newest.ir})`,
      path,
      'Export it for an older opset, e.g. opset 17.',
    );
  }
  const custom = [...ops.keys()].filter((key) => {
    const end = key.indexOf(' ');
    return !functions.has(key) && !isKnown(key.slice(0, end), key.slice(end + 1));
  });
  if (custom.length === 0) return;
  const names = custom.slice(0, 5).map((key) => key.replace(' ', ':'));
  throw outsideError(
    'custom-operations',
    `The model needs operations that are not part of ONNX: ${names.join(', ')}${custom.length > 5 ? ', ...' : ''}`,
    path,
    'Export it with standard operations only: code of others is never loaded.',
  );
}

/** @throws UserError `outside.external-data` unless it is a file, below the model's folder, and no part of its path is a link */
function externalFile(model: string, location: string, chosen: string): { name: string; path: string; bytes: number } {
  const refuse = (why: string) =>
    outsideError(
      'external-data',
      `The model keeps weights in "${location.slice(0, 200)}", which ${why}`,
      chosen,
      'Put the files of external data beside the model, as the export wrote them, and choose it again.',
    );
  const parts = location.split(/[\\/]/);
  const isOutside = isAbsolute(location) || /^[A-Za-z]:/.test(location) || parts.includes('..');
  if (isOutside) throw refuse('lies outside its folder');
  if (location === '' || location.includes('\0') || parts.includes('')) throw refuse('is not a name of a file');
  const folder = dirname(model);
  const steps = normalize(join(...parts)).split(sep);
  for (let count = 1; count <= steps.length; count++) {
    const path = join(folder, ...steps.slice(0, count));
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (!status) throw refuse('is missing');
    if (status.isSymbolicLink()) throw refuse('is a link to another place');
    if (count < steps.length) continue;
    if (!status.isFile()) throw refuse('is not a file');
    return { name: steps.join('/'), path, bytes: status.size };
  }
  throw refuse('is not a name of a file');
}

function described(found: Found): Omit<ModelFile, 'format' | 'hash' | 'files'> {
  const { ir, producer, metadata, domains, parameters, ops, inputs, outputs, weights, makers } = found;
  return {
    opset: domains.get('') ?? 0,
    irVersion: ir,
    producer: producer.join(' ').trim(),
    metadata,
    parameters,
    ops: [...ops]
      .map(([key, count]) => {
        const [domain = '', op = ''] = key.split(' ');
        return { domain: domain === 'ai.onnx' ? '' : domain, op, count };
      })
      .sort((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1)),
    inputs: inputs.filter(({ name }) => !weights.has(name)).slice(0, 100),
    outputs: outputs.slice(0, 100).map((output) => {
      const op = makers.get(output.name);
      return op === undefined ? output : { ...output, op };
    }),
  };
}
