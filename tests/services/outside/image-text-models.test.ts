import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ImageTextProposal, textMappingSchema, type ModelMapping } from '../../../main/contract/outside.ts';
import { proposedName } from '../../../main/domain/outside-models.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { exportArchive } from '../../../main/services/archive/export-archive.ts';
import { importArchive } from '../../../main/services/archive/import-archive.ts';
import { Sources } from '../../../main/services/analysis-input.ts';
import { addModel, inspectModel, predictOutside } from '../../../main/services/outside/onnx-models.ts';
import {
  listOutsideModels,
  outsideModelIds,
  removeOutsideModels,
} from '../../../main/services/outside/outside-models.ts';
import { reportOutside } from '../../../main/services/report/outside.ts';
import { findStudy } from '../../../main/services/tools/find.ts';
import type { Workbench } from '../../../main/services/tools/workbench.ts';
import { loadDataSet } from '../../../main/training/data/data-set.ts';
import { missingRuntime } from '../../../main/training/outside/runtime.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sql } from '../../storage/storage-helper.ts';
import { encodeModel } from '../../training/outside/onnx-writer.ts';
import { id, stop, textEncoder, tokenizer, vocabulary } from '../../training/outside/small-clip.ts';
import { benchWithSample, filesOf, jsonOf, newBench, pack, putJson, relist } from '../archive/archive-helper.ts';

const missing = missingRuntime();
if (missing !== null) process.stderr.write(`Not tested that image-text models join a study: ${missing}\n`);

const study = 'sample';
const pixels = 28 * 28;

/** Direction k for the digit k: how near its mean image is. */
function imageEncoder(): Buffer {
  const { train } = loadDataSet({ source: 'mnist' }, '');
  const weights = new Float32Array(pixels * 10);
  const bias = new Float32Array(10);
  const counts = new Float32Array(10);
  const images = 2000;
  for (let n = 0; n < images; n++) counts[train.labels[n]!]! += 1;
  for (let n = 0; n < images; n++) {
    const label = train.labels[n]!;
    for (let k = 0; k < pixels; k++)
      weights[k * 10 + label]! += (2 * train.images[n * pixels + k]!) / 255 / counts[label]!;
  }
  for (let k = 0; k < pixels * 10; k++) bias[k % 10]! -= weights[k]! ** 2 / 4;
  return encodeModel({
    inputs: [{ name: 'pixel_values', shape: ['batch', 1, 28, 28] }],
    outputs: [{ name: 'image_embeds', shape: ['batch', 10] }],
    constants: [
      { name: 'w', shape: [pixels, 10], data: weights },
      { name: 'b', shape: [10], data: bias },
    ],
    nodes: [
      { op: 'Flatten', inputs: ['pixel_values'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'w'], outputs: ['product'] },
      { op: 'Add', inputs: ['product', 'b'], outputs: ['image_embeds'] },
    ],
  });
}

/** Digits are called k ... t, and "photo" turns every prompt towards 3. */
const words = [...'klmnopqrst'];
function writeFiles() {
  const folder = temporaryFolder();
  const file = (...parts: string[]) => ({ path: join(folder, ...parts), name: parts.at(-1) ?? '' });
  const files = { model: file('clip.onnx'), text: { encoder: file('text.onnx'), tokenizer: file('tokenizer.json') } };
  const table = new Float32Array(vocabulary.length * 10);
  words.forEach((word, k) => (table[id(`${word}</w>`) * 10 + k] = 1));
  table[id('photo</w>') * 10 + 3] = 0.5;
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'table.bin'), table);
  writeFileSync(files.model.path, imageEncoder());
  writeFileSync(
    files.text.encoder.path,
    textEncoder(10, [
      { name: 'table', shape: [vocabulary.length, 10], external: { location: 'data/table.bin', offset: '0' } },
      { name: 'w', shape: [10, 10], data: Float32Array.from({ length: 100 }, (_, k) => (k % 11 === 0 ? 1 : 0)) },
    ]),
  );
  writeFileSync(files.text.tokenizer.path, JSON.stringify(tokenizer));
  return files;
}

const named = ({ input, imageOutput, text }: ImageTextProposal, templates: string[]): ModelMapping => ({
  ...{ kind: 'image-text', input, imageOutput },
  text: { ...text, templates, words: words.map((word) => [word]) },
});

const answersIn = (workbench: Workbench) =>
  new Sources(workbench.storage)
    .read(findStudy(workbench, study))
    ?.models.flatMap(({ outside, input, softmax }) =>
      outside === null ? [] : [{ name: input.name, softmax: softmax() }],
    ) ?? [];

test.skipIf(missing !== null)(
  'an image-text model joins a study with each set of prompts, and all its files go with an archive',
  async () => {
    const workbench = await benchWithSample();
    const tools = { workbench, launcher: new ForkLauncher(process.env) };
    const files = writeFiles();
    const { files: found, proposal, classes } = await inspectModel(tools, study, files);
    if (proposal.kind !== 'image-text' || !found.text) return expect.fail('the files are of an image-text model');
    expect(proposal).toMatchObject({
      imageOutput: 'image_embeds',
      text: { ids: 'input_ids', mask: 'attention_mask', output: 'text_embeds', length: 12, pad: id(stop), scale: 100 },
    });
    expect(found.text.encoder.files.map(({ name }) => name)).toEqual(['text.onnx', 'data/table.bin']);
    const plain = named(proposal, ['{class}']);
    const turned = named(proposal, ['photo {class}', '{class} photo']);

    // A tokenizer that is replaced while prompts are encoded is not the one that was hashed. Nothing is stored.
    let replaced = false;
    const replace = (note: string): void => {
      if (replaced || !note.endsWith('prompts encoded')) return;
      replaced = true;
      writeFileSync(files.text.tokenizer.path, JSON.stringify({ ...tokenizer, version: '1.1' }));
    };
    const tried = { images: 300, report: replace };
    await expect(addModel(tools, study, files, { name: 'replaced', mapping: plain }, tried)).rejects.toMatchObject({
      ...{ code: 'outside.changed', where: 'tokenizer.json' },
    });
    writeFileSync(files.text.tokenizer.path, JSON.stringify(tokenizer));
    expect(listOutsideModels(workbench, study).models).toEqual([]);
    expect(workbench.storage.blobs.has(found.hash)).toBe(false);

    // Two sets of prompts are two models, with names that say which.
    const notes: string[] = [];
    const add = (mapping: ModelMapping) => {
      const taken = listOutsideModels(workbench, study).models.map(({ name }) => name);
      const how = { images: 300, accept: mapping !== plain, report: (note: string) => void notes.push(note) };
      const name = proposedName('clip.onnx', mapping, { classes, taken });
      return addModel(tools, study, files, { name, mapping }, how);
    };
    const first = await add(plain);
    expect(first).toMatchObject({ predicted: true, check: { images: 300, warnings: [], other: null } });
    expect(first.check.accuracy).toBeGreaterThan(70);
    expect(notes).toContain('10 of 10 prompts encoded');
    expect(notes.at(-1)).toBe('165 of 165 stimuli');
    await add(turned);
    await expect(add(plain)).rejects.toMatchObject({ code: 'outside.known' });
    const names = ['clip, "{class}", words k, l, m, ...', 'clip, 2 templates, words k, l, m, ...'];
    const { models } = listOutsideModels(workbench, study);
    expect(models).toMatchObject(
      names.map((name) => ({ name, kind: 'image-text', answers: 'softmax', tested: { images: 300 } })),
    );
    const group = reportOutside(workbench, new Sources(workbench.storage), findStudy(workbench, study), 'default');
    expect(group?.models.map(({ name }) => name)).toEqual(names);
    expect(group?.group.models).toEqual(names);
    const answers = answersIn(workbench);
    expect(answers[0]?.softmax).not.toEqual(answers[1]?.softmax);

    // Without weights an archive has the answers only.
    const light = join(temporaryFolder(), 'light.zip');
    await exportArchive(workbench, { study, path: light, weights: false });
    const hashes = [found, found.text.encoder].flatMap((file) => file.files).map(({ hash }) => hash);
    hashes.push(found.text.tokenizer.hash);
    expect(hashes).toHaveLength(4);
    for (const hash of hashes) expect(Object.keys(filesOf(light))).not.toContain(`blobs/${hash}`);
    const other = newBench();
    await importArchive(other, light);
    expect(answersIn(other)).toEqual(answers);
    sql(other.storage.folder, 'DELETE FROM outside_prediction');
    await expect(predictOutside({ ...tools, workbench: other }, study)).rejects.toThrow(
      /^2 models could not answer, 0 did/,
    );

    // With weights all files are there, and the model answers with the same bytes.
    const path = join(temporaryFolder(), 'with.zip');
    await exportArchive(workbench, { study, path, weights: true });
    for (const hash of hashes) expect(Object.keys(filesOf(path))).toContain(`blobs/${hash}`);
    const there = newBench();
    await importArchive(there, path);
    sql(there.storage.folder, 'DELETE FROM outside_prediction');
    expect(await predictOutside({ ...tools, workbench: there }, study)).toBe(2);
    expect(answersIn(there)).toEqual(answers);

    // Other files than those of the identity are refused.
    const forgeries: ((text: { encoder: typeof found; tokenizer: { hash: string } }) => void)[] = [
      ({ tokenizer: file }) => (file.hash = 'b'.repeat(64)),
      ({ encoder }) => (encoder.files[1]!.name = '../escaped.bin'),
      ({ encoder }) => (encoder.files[0]!.hash = 'b'.repeat(64)),
    ];
    for (const forge of forgeries) {
      const forged = filesOf(light);
      const content = jsonOf(forged, 'study.json');
      const [model] = content.outside as { found: { text: Parameters<typeof forge>[0] } }[];
      forge(model!.found.text);
      putJson(forged, 'study.json', content);
      relist(forged);
      await expect(importArchive(newBench(), pack(forged))).rejects.toThrow(/file of an outside model is not the one/);
    }

    removeOutsideModels({ workbench }, study, outsideModelIds(workbench, study, [names[1]!]));
    expect(answersIn(workbench)).toEqual([answers[0]]);
  },
  240_000,
);

test('names of image-text models say their prompts, fit, and are free', () => {
  const text = textMappingSchema.parse({
    ...{ ids: 'ids', mask: null, output: 'y', element: 'int64', length: 77, pad: 0 },
    ...{ templates: ['a photo of a {class}.'], words: [['cat'], ['hot dog']], scale: 100 },
  });
  const mapping = { kind: 'image-text', input: {}, imageOutput: 'x', text } as unknown as ModelMapping;
  const name = (change: Partial<typeof text>, ...taken: string[]): string =>
    proposedName(`${'vit-b-32'}.onnx`, { ...mapping, text: { ...text, ...change } } as ModelMapping, {
      ...{ classes: ['cat', 'hot_dog'], taken },
    });
  expect(name({})).toBe('vit-b-32, "a photo of a {class}."');
  expect(name({ scale: 50 })).toBe('vit-b-32, "a photo of a {class}.", scale 50');
  expect(name({ words: [['cat', 'kitten'], ['hot dog']] })).toBe('vit-b-32, "a photo of a {class}.", words cat/kitten');
  expect(name({}, name({}))).toBe('vit-b-32, "a photo of a {class}." 2');
  const long = name({ templates: [`${'x'.repeat(300)}{class}`] });
  expect(long).toHaveLength(100);
  expect(name({ templates: [`${'x'.repeat(300)}{class}`] }, long)).toMatch(/^.{98} 2$/);
});
