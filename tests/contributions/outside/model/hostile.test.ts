import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../main/contract/wire/errors.ts';
import { ForkLauncher } from '../../../../main/processes/launcher.ts';
import { inspectModelFile } from '../../../../main/contributions/outside/model/model-file.ts';
import { ModelProcess } from '../../../../main/contributions/outside/model/model-process.ts';
import { proposeMapping } from '../../../../main/contributions/outside/model/propose.ts';
import { removal } from '../../../temporary-folder.ts';
import { arrays } from './arrays.ts';
import { bytes, encodeModel, type Graph, int, key, message, type Model, text, varint } from './onnx-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'boundary-outside-'));
afterAll(() => rmSync(folder, removal));

const size = { width: 2, height: 2, channels: 1 } as const;
const classes = ['cat', 'dog', 'owl', 'pig'];

const image = { name: 'x', shape: ['n', 1, 2, 2] };
const logits = { name: 'y', shape: ['n', 4] };
const flatten = { op: 'Flatten', inputs: ['x'], outputs: ['f'] };
const harmless: Model = { inputs: [image], outputs: [logits], nodes: [{ ...flatten, outputs: ['y'] }] };
const numbers = (...values: number[]): BigInt64Array => BigInt64Array.from(values.map(BigInt));

/** The model and a number that `nodes` compute as `r`. */
const adding = (nodes: Model['nodes'], constants: Model['constants'] = []): Model => ({
  ...harmless,
  nodes: [flatten, ...nodes, { op: 'Add', inputs: ['f', 'r'], outputs: ['y'] }],
  constants,
});

/** A loop whose body makes `state` anew from `state`, as often as 64 bits allow. */
const endless = (body: Graph['nodes']): Model =>
  adding(
    [
      {
        op: 'Loop',
        inputs: ['trips', 'yes', 'one'],
        outputs: ['last'],
        attributes: {
          body: {
            graph: {
              nodes: [{ op: 'Identity', inputs: ['going'], outputs: ['on'] }, ...body],
              inputs: [
                { name: 'trip', type: 'int64', shape: [] },
                { name: 'going', type: 'bool', shape: [] },
                { name: 'state', shape: [null] },
              ],
              outputs: [
                { name: 'on', type: 'bool', shape: [] },
                { name: 'next', shape: [null] },
              ],
            },
          },
        },
      },
      { op: 'ReduceSum', inputs: ['last'], outputs: ['r'] },
    ],
    [
      { name: 'trips', shape: [], type: 'int64', data: numbers(2 ** 62) },
      { name: 'yes', shape: [], type: 'bool', data: Uint8Array.of(1) },
      { name: 'one', shape: [1], data: Float32Array.of(1) },
    ],
  );

const filled = (count: number): Model =>
  adding(
    [
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['large'], attributes: {} },
      { op: 'ReduceSum', inputs: ['large'], outputs: ['r'] },
    ],
    [{ name: 'shape', shape: [1], type: 'int64', data: numbers(count) }],
  );

const ofMicrosoft = (op: string): Model => ({
  ...harmless,
  domains: { 'com.microsoft': 1 },
  nodes: [{ op, domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] }],
});

let files = 0;
function written(model: Model | Buffer, name = 'model.onnx'): string {
  const path = join(folder, String(files++), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.isBuffer(model) ? model : encodeModel(model));
  return path;
}

const external = (location: string): Model => ({
  ...harmless,
  constants: [{ name: 'w', shape: [4], external: { location } }],
});

async function refusal(work: Promise<unknown>): Promise<UserError> {
  const error: unknown = await work.then(
    () => 'nothing was refused',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('files that are refused unread or half read', () => {
  const refuse = (path: string): Promise<UserError> =>
    refusal(inspectModelFile(path).then((file) => proposeMapping(file, { ...size, classes }, path)));

  const whole = encodeModel(harmless);
  const cases: [string, () => string, string][] = [
    ['an empty file', () => written(Buffer.alloc(0)), 'The file is empty'],
    ['a zip', () => written(Buffer.from('PK\x03\x04 and more than that')), 'looks like a PyTorch checkpoint'],
    ['a text', () => written(Buffer.from('<html>404 not found</html>')), 'not a complete ONNX file'],
    ['a file of zeros', () => written(Buffer.alloc(1000)), 'not a complete ONNX file'],
    ['a truncated file', () => written(whole.subarray(0, whole.length - 30)), 'It is incomplete'],
    ['a file without a network', () => written(int(1, 8)), 'It has no network'],
    ['a part longer than the file', () => written(message(int(1, 8), key(7, 2), varint(2 ** 50))), 'It is incomplete'],
    ['parts nested without end', () => written(nested(2000)), 'nested more than 100 deep'],
    ['a name without end', () => written(message(int(1, 8), text(2, 'x'.repeat(10_000)))), 'A name in it has 10000'],
    ['an opset from the future', () => written({ ...harmless, opset: 99 }), 'The model needs opset 99'],
    ['an IR version from the future', () => written({ ...harmless, ir: 99 }), 'IR version 99'],
    [
      'custom operations',
      () =>
        written({
          ...harmless,
          domains: { 'com.evil': 1 },
          nodes: [{ op: 'Run', domain: 'com.evil', inputs: ['x'], outputs: ['y'] }],
        }),
      'not part of ONNX: com.evil:Run',
    ],
    ...['PythonOp', 'ATen', 'EPContext'].map((op): [string, () => string, string] => [
      `${op}, which the library would have run or loaded by itself`,
      () => written(ofMicrosoft(op)),
      `not part of ONNX: com.microsoft:${op}`,
    ]),
    ['two inputs', () => written({ ...harmless, inputs: [image, { ...image, name: 'z' }] }), 'has 2 inputs (x, z)'],
    ['text as its input', () => written({ ...harmless, inputs: [{ ...image, type: 'string' }] }), 'of the type string'],
    [
      'sound as its input',
      () => written({ ...harmless, inputs: [{ name: 'x', shape: ['n', 1, 80] }] }),
      'has 3 dimensions',
    ],
    [
      'seven channels',
      () => written({ ...harmless, inputs: [{ name: 'x', shape: ['n', 7, 8, 9] }] }),
      '1 or 3 channels',
    ],
    [
      'images of 50,000,000 columns',
      () => written({ ...harmless, inputs: [{ name: 'x', shape: [1, 1, 1, 50_000_000] }] }),
      '4096 is the most',
    ],
    [
      'a batch of 5000 images',
      () => written({ ...harmless, inputs: [{ name: 'x', shape: [5000, 3, 32, 32] }] }),
      'takes 5000 images of 3072 values at a time',
    ],
    [
      'a batch of gigabytes',
      () => written({ ...harmless, inputs: [{ name: 'x', shape: [100, 3, 2048, 2048] }] }),
      'takes 100 images',
    ],
    ['an input of no size', () => written({ ...harmless, inputs: [{ name: 'x' }] }), 'how many dimensions'],
    [
      'text as its output',
      () => written({ ...harmless, outputs: [{ ...logits, type: 'string' }] }),
      'y (string [n, 4])',
    ],
    ['weights in ..', () => written(external('../0/model.onnx')), 'lies outside its folder'],
    ['weights in /', () => written(external('/etc/passwd')), 'lies outside its folder'],
    ['weights in C:', () => written(external('C:\\secret')), 'lies outside its folder'],
    ['weights that are missing', () => written(external('weights.bin')), 'which is missing'],
    ['weights in memory', () => written(external('*/_ORT_MEM_ADDR_/*')), 'which is missing'],
    [
      'weights behind a link',
      () => {
        const path = written(external('weights.bin'));
        symlinkSync('/etc/passwd', join(dirname(path), 'weights.bin'));
        return path;
      },
      'is a link to another place',
    ],
    [
      'weights in a linked folder',
      () => {
        const path = written(external('etc/passwd'));
        symlinkSync('/etc', join(dirname(path), 'etc'));
        return path;
      },
      'is a link to another place',
    ],
    [
      'a file of 2 GB and more',
      () => {
        const path = written(whole);
        truncateSync(path, 2 ** 31 + 1);
        return path;
      },
      'ONNX files end at 2 GB',
    ],
    ['a folder', () => dirname(written(whole)), 'not a file'],
    ['nothing', () => join(folder, 'absent.onnx'), 'There is no such file'],
  ];
  it.each(cases)('%s', async (_, make, text) => {
    const path = make();
    const error = await refuse(path);
    expect(error.message).toContain(text);
    expect(error.where).toBe(path);
    expect(error.remedy).toMatch(/\.$/);
  });
});

it('names in the metadata that are made to take long are read at once', async () => {
  for (const names of ['1'.repeat(2 ** 17), '{1'.repeat(2 ** 16), '{1:"'.repeat(2 ** 15), `{${' '.repeat(2 ** 17)}`]) {
    const path = written({ ...harmless, metadata: { names } });
    const proposal = proposeMapping(await inspectModelFile(path), { ...size, classes }, path);
    expect(proposal.output?.classes).toEqual([[0], [1], [2], [3]]);
  }
});

/** A graph in an attribute of a node in a graph, and so on. */
function nested(depth: number): Buffer {
  let graph: Buffer = Buffer.alloc(0);
  for (let k = 0; k < depth; k++) graph = bytes(1, bytes(5, bytes(6, graph)));
  return message(int(1, 8), bytes(7, graph));
}

describe.concurrent('models that do harm when they run', () => {
  const open: ModelProcess[] = [];
  afterAll(() => Promise.all(open.map((model) => model.close())));

  const opened = (path: string, environment: NodeJS.ProcessEnv, patience: number): ModelProcess => {
    const model = new ModelProcess({
      files: { model: path },
      launcher: new ForkLauncher(environment),
      blobs: folder,
      memory: 400 * 2 ** 20,
      patience,
    });
    open.push(model);
    return model;
  };

  async function run(
    path: string,
    onLoaded: (model: ModelProcess) => void = () => undefined,
    environment = process.env,
    patience = 60_000,
  ): Promise<unknown> {
    const model = opened(path, environment, patience);
    const file = await model.inspect();
    const { input, output } = proposeMapping(file, { ...size, classes }, path);
    if (!output) throw new Error('the outputs are not known');
    const pixels = Buffer.alloc(8, 100).toString('base64');
    return arrays(model, folder)(
      { kind: 'onnx', input, output },
      { from: 'pixels', ...size, pixels },
      { onEvent: () => onLoaded(model) },
    );
  }

  it('a harmless one is run', async () => {
    expect(await run(written(harmless))).toEqual({
      softmax: new Float32Array(8).fill(0.25),
      labels: new Uint16Array(2),
      other: null,
    });
  });

  it('one with values of half precision is run', async () => {
    const half = (value: typeof image) => ({ ...value, type: 'float16' as const });
    const predictions = await run(written({ ...harmless, inputs: [half(image)], outputs: [half(logits)] }));
    expect(predictions).toMatchObject({ softmax: new Float32Array(8).fill(0.25) });
  });

  const cases: [string, Model, string, string][] = [
    [
      'a loop without end',
      endless([{ op: 'Identity', inputs: ['state'], outputs: ['next'] }]),
      'too-slow',
      'no answer within 4 s',
    ],
    [
      'a loop that takes ever more memory',
      endless([{ op: 'Concat', inputs: ['state', 'state'], outputs: ['next'], attributes: { axis: 0 } }]),
      'memory',
      'needs more memory',
    ],
    ['4 TB at once', filled(1e12), 'memory', 'needs more memory'],
    ['a file of a few bytes that unpacks to 2 GB', filled(5e8), 'memory', 'needs more memory'],
    [
      'outputs that are not numbers',
      adding(
        [
          { op: 'Div', inputs: ['f', 'zero'], outputs: ['g'] },
          { op: 'Sub', inputs: ['g', 'g'], outputs: ['r'] },
        ],
        [{ name: 'zero', shape: [], data: Float32Array.of(0) }],
      ),
      'undefined-values',
      'gives NaN',
    ],
    [
      'outputs of another size than there are classes',
      {
        ...harmless,
        outputs: [{ name: 'y', shape: ['n', null] }],
        nodes: [flatten, { op: 'Concat', inputs: ['f', 'f'], outputs: ['y'], attributes: { axis: 1 } }],
      },
      'output-shape',
      'has the shape [32, 8], and [32, 4] is expected',
    ],
    [
      'an input of another size than its network takes',
      {
        ...adding(
          [{ op: 'MatMul', inputs: ['f', 'w'], outputs: ['r'] }],
          [{ name: 'w', shape: [9, 4], data: new Float32Array(36) }],
        ),
        inputs: [{ name: 'x', shape: ['n', 1, null, null] }],
      },
      'run-failed',
      'cannot process the images',
    ],
    [
      'a weight without its values',
      { ...adding([{ op: 'Identity', inputs: ['w'], outputs: ['r'] }], [{ name: 'w', shape: [4] }]) },
      'not-loadable',
      'cannot load the model',
    ],
    [
      'a network that is no network',
      { ...harmless, nodes: [{ op: 'Flatten', inputs: ['absent'], outputs: ['y'] }] },
      'not-loadable',
      'cannot load the model',
    ],
  ];
  it.each(cases)('%s', async (_, model, code, text) => {
    const path = written(model);
    const error = await refusal(run(path, undefined, process.env, code === 'too-slow' ? 4000 : undefined));
    expect(error).toMatchObject({ code: `outside.${code}`, where: path });
    expect(error.message).toContain(text);
    expect(readdirSync(dirname(path))).toEqual(['model.onnx']);
  });

  it('any, where ONNX Runtime is missing', async () => {
    const hide = `import m from 'node:module';
      const resolve = m._resolveFilename;
      m._resolveFilename = (name, ...rest) => {
        if (name === 'onnxruntime-node') throw new Error("Cannot find module 'onnxruntime-node'");
        return resolve(name, ...rest);
      };`;
    const environment = { ...process.env, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hide)}` };
    const error = await refusal(run(written(harmless), undefined, environment));
    expect(error).toMatchObject({ code: 'outside.no-library', where: 'the package onnxruntime-node' });
    expect(error.message).toContain("missing or cannot be loaded: Cannot find module 'onnxruntime-node'");
  });

  it('none that is refused unread, even if nobody inspects it first', async () => {
    const { input, output } = proposeMapping(
      await inspectModelFile(written(harmless)),
      { ...size, classes },
      'harmless',
    );
    const path = written(external('../0/model.onnx'));
    const images = { from: 'pixels', ...size, pixels: Buffer.alloc(4).toString('base64') } as const;
    const error = await refusal(
      arrays(opened(path, process.env, 60_000), folder)(
        { kind: 'onnx', input, output: output ?? expect.fail('no output') },
        images,
      ),
    );
    expect(error).toMatchObject({ code: 'outside.external-data', where: path });
  });

  it('a crash of native code', async () => {
    const path = written(endless([{ op: 'Identity', inputs: ['state'], outputs: ['next'] }]));
    const error = await refusal(run(path, ({ pid = 0 }) => process.kill(pid, 'SIGSEGV')));
    expect(error).toMatchObject({ code: 'outside.crashed', where: path });
    expect(error.message).toContain('was ended by SIGSEGV');
  });
});
