import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { ZipArchive } from '../../../main/files/zip/reader.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { ModelProcess } from '../../../main/contributions/outside/model/model-process.ts';
import { proposeMapping } from '../../../main/contributions/outside/model/propose.ts';
import { missingRuntime } from '../../../main/contributions/outside/model/runtime.ts';
import type { TestLab } from '../../services/runs/test-lab.ts';

/** Reads a download of weights as the documentation says, with nothing of the product, and counts errors on test images. */
export async function checkWeights({ client, lab, folder }: TestLab, id: number): Promise<void> {
  const [snapshot] = (await client.runs.get({ id })).snapshots;
  const { address } = await client.weights.ofRun({ id, target: 97 });
  const content = lab.downloads.find(address)?.content ?? fail();
  if (!('bytes' in content)) throw new Error('no bytes');
  const archive = join(folder, 'weights.zip');
  writeFileSync(archive, content.bytes);
  const zip = await ZipArchive.open(archive);
  const files = new Map<string, Buffer>();
  for (const entry of zip.entries) files.set(entry.name, await zip.read(entry));
  zip.close();
  const model = z
    .object({
      weights: z.object({ file: z.string(), sha256: z.string() }),
      recipe: z.object({ batch: z.literal(32) }),
      snapshot: z.object({ errors: z.int(), testCount: z.int(), decidedBy: z.literal('test images') }),
      dataSet: z.object({
        classes: z.tuple([z.literal('zero'), z.literal('one')]),
        input: z.object({ mean: z.number(), std: z.number() }),
      }),
    })
    .parse(JSON.parse(files.get('model.json')?.toString() ?? ''));
  const bytes = files.get(model.weights.file) ?? fail();
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(model.weights.sha256);
  expect(snapshot).toMatchObject({ weights: model.weights.sha256, errors: model.snapshot.errors });
  const length = bytes.readUInt32LE(8);
  const header = z
    .object({ arrays: z.array(z.object({ name: z.string(), shape: z.array(z.int()) })) })
    .parse(JSON.parse(bytes.subarray(12, 12 + length).toString()));
  const arrays = new Map<string, number[]>();
  let position = 12 + length;
  for (const { name, shape } of header.arrays) {
    const count = shape.reduce((product, side) => product * side, 1);
    arrays.set(
      name,
      Array.from({ length: count }, (_, k) => bytes.readFloatLE(position + 4 * k)),
    );
    position += 4 * count;
  }
  const dense = (x: readonly number[], layer: string): number[] => {
    const [w = [], b = []] = [arrays.get(`${layer}.weight`), arrays.get(`${layer}.bias`)];
    return b.map((bias, k) => x.reduce((sum, value, j) => sum + value * (w[j * b.length + k] ?? 0), bias));
  };
  const { mean, std } = model.dataSet.input;
  const pixels = readFileSync(join(folder, 'set', 't10k-images')).subarray(16);
  const labels = readFileSync(join(folder, 'set', 't10k-labels')).subarray(8);
  let errors = 0;
  labels.forEach((label, image) => {
    const x = [...pixels.subarray(784 * image, 784 * (image + 1))].map((pixel) => (pixel / 255 - mean) / std);
    const [zero = 0, one = 0] = dense(
      dense(x, 'dense1').map((value) => Math.max(0, value)),
      'dense2',
    );
    if ((one > zero ? 1 : 0) !== label) errors += 1;
  });
  expect(errors).toBe(model.snapshot.errors);
}

/** Imports an exported ONNX file as a model of others: its mappings are known, and it is as accurate as the snapshot. */
export async function checkOnnx(
  { client, lab, folder }: TestLab,
  study: string,
  id: number,
  errors: number,
): Promise<void> {
  const { address, loader } = await client.weights.ofRun({ id, target: 97, format: 'onnx' });
  const offered = lab.downloads.find(address) ?? fail();
  expect([offered.name, loader]).toEqual(['MLP1-97.onnx', null]);
  if (!('bytes' in offered.content)) throw new Error('no bytes');
  const path = join(folder, offered.name);
  writeFileSync(path, offered.content.bytes);
  const missing = missingRuntime();
  if (missing !== null) return console.warn(`Skipped: the exported file is not run (${missing}).`);
  const { storage } = lab.workbench;
  const [stored] = storage.dataSets.list();
  const { dataSet } = storage.studies.byName(study)?.spec ?? fail();
  const model = new ModelProcess({
    launcher: new ForkLauncher(),
    files: { model: path },
    blobs: join(storage.folder, 'blobs'),
  });
  try {
    const file = await model.inspect();
    const description = file.metadata.find(({ key }) => key === 'boundary.model')?.value ?? '';
    expect(JSON.parse(description)).toMatchObject({ name: 'MLP1-97', snapshot: { target: 97, errors } });
    const { input, output } = proposeMapping(
      file,
      { width: 28, height: 28, channels: 1, classes: ['zero', 'one'] },
      path,
    );
    if (!output || !stored) throw new Error('nothing to check');
    const task = { dataSet, dataSetHash: stored.hash, images: 1000 };
    expect(await model.check({ kind: 'onnx', input, output }, task)).toMatchObject({
      images: 1000,
      errors,
      warnings: [],
    });
  } finally {
    await model.close();
  }
}

function fail(): never {
  throw new Error('what is checked is not there');
}
