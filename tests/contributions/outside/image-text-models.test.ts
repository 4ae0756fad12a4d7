import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type ImageTextProposal,
  textMappingSchema,
  type ModelMapping,
} from '../../../main/contributions/outside/contract/outside.ts';
import { proposedName } from '../../../main/contributions/outside/contract/files.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { Sources } from '../../../main/services/analysis-input.ts';
import { addModel, inspectModel, predictOutside } from '../../../main/contributions/outside/onnx-models.ts';
import {
  listOutsideModels,
  outsideModelIds,
  removeOutsideModels,
} from '../../../main/contributions/outside/outside-models.ts';
import { readOutside } from '../../../main/contributions/answers/models/report.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { missingRuntime } from '../../../main/contributions/outside/model/runtime.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sql } from '../../storage/storage-helper.ts';
import { digitWords, writeDigitsClip } from './model/digits-clip.ts';
import { id, stop, tokenizer } from './model/small-clip.ts';
import {
  benchFromSample,
  benchWithSample,
  filesOf,
  jsonOf,
  newBench,
  pack,
  putJson,
  relist,
} from '../archives/archive-helper.ts';

const missing = missingRuntime();
if (missing !== null) process.stderr.write(`Not tested that image-text models join a study: ${missing}\n`);

const study = 'sample';
const named = ({ input, imageOutput, text }: ImageTextProposal, templates: string[]): ModelMapping => ({
  kind: 'image-text',
  input,
  imageOutput,
  text: { ...text, templates, words: digitWords.map((word) => [word]) },
});

const answersIn = (workbench: Workbench) =>
  new Sources(workbench.storage)
    .read(findStudy(workbench, study))
    ?.models.flatMap(({ outside, input, softmax }) =>
      outside === null ? [] : [{ name: input.name, softmax: softmax() }],
    ) ?? [];

const toolsOf = (workbench: Workbench) => ({ workbench, launcher: new ForkLauncher(process.env) });
const names = ['clip, "{class}", words k, l, m, ...', 'clip, 2 templates, words k, l, m, ...'];

async function inspected(workbench: Workbench) {
  const { data: _, ...files } = writeDigitsClip('data/table.bin');
  const seen = await inspectModel(toolsOf(workbench), study, files);
  const { proposal } = seen;
  const { text } = seen.files;
  if (proposal.kind !== 'image-text' || !text) return expect.fail('the files are of an image-text model');
  return { files, found: { ...seen.files, text }, proposal, classes: seen.classes };
}

/** The sample with an image-text model twice, each time with other prompts. */
async function withModels() {
  const { bench: workbench, given } = await benchFromSample('image-text-models', async (bench) => {
    const { files, found, proposal, classes } = await inspected(bench);
    const notes: string[] = [];
    const plain = named(proposal, ['{class}']);
    const add = (mapping: ModelMapping) => {
      const taken = listOutsideModels(bench, study).models.map(({ name }) => name);
      const how = { images: 300, accept: mapping !== plain, report: (note: string) => void notes.push(note) };
      const name = proposedName('clip.onnx', mapping, { classes, taken });
      return addModel(toolsOf(bench), study, files, { name, mapping }, how);
    };
    const first = await add(plain);
    const notesOfFirst = notes.splice(0);
    await add(named(proposal, ['photo {class}', '{class} photo']));
    await expect(add(plain)).rejects.toMatchObject({ code: 'outside.known' });
    const hashes = [found, found.text.encoder].flatMap((file) => file.files).map(({ hash }) => hash);
    return { first, notesOfFirst, hashes: [...hashes, found.text.tokenizer.hash] };
  });
  return { workbench, ...given };
}

async function archived(workbench: Workbench, weights: boolean): Promise<string> {
  const path = join(temporaryFolder(), 'archive.zip');
  await exportArchive(workbench, { study, path, weights });
  return path;
}

/** What an archive makes of a new data folder, without its answers. */
async function withoutAnswers(path: string): Promise<Workbench> {
  const bench = newBench();
  await importArchive(bench, path);
  sql(bench.storage.folder, 'DELETE FROM outside_prediction');
  return bench;
}

test.skipIf(missing !== null)(
  'a tokenizer that is replaced while prompts are encoded is not the one that was hashed: nothing is stored',
  async () => {
    const workbench = await benchWithSample();
    const { files, found, proposal } = await inspected(workbench);
    expect(proposal).toMatchObject({
      imageOutput: 'image_embeds',
      text: { ids: 'input_ids', mask: 'attention_mask', output: 'text_embeds', length: 12, pad: id(stop), scale: 100 },
    });
    expect(found.text.encoder.files.map(({ name }) => name)).toEqual(['text.onnx', 'data/table.bin']);
    let replaced = false;
    const replace = (note: string): void => {
      if (replaced || !note.endsWith('prompts encoded')) return;
      replaced = true;
      writeFileSync(files.text.tokenizer.path, JSON.stringify({ ...tokenizer, version: '1.1' }));
    };
    const tried = { images: 300, report: replace };
    const mapping = named(proposal, ['{class}']);
    await expect(
      addModel(toolsOf(workbench), study, files, { name: 'replaced', mapping }, tried),
    ).rejects.toMatchObject({ code: 'outside.changed', where: 'tokenizer.json' });
    expect(listOutsideModels(workbench, study).models).toEqual([]);
    expect(workbench.storage.blobs.has(found.hash)).toBe(false);
  },
  240_000,
);

test.skipIf(missing !== null)(
  'an image-text model joins a study with each set of prompts, under names that say which',
  async () => {
    const { workbench, first, notesOfFirst } = await withModels();
    expect(first).toMatchObject({ predicted: true, check: { images: 300, warnings: [], other: null } });
    expect(first.check.accuracy).toBeGreaterThan(70);
    expect(notesOfFirst).toContain('10 of 10 prompts encoded');
    expect(notesOfFirst.at(-1)).toBe('165 of 165 stimuli');
    const { models } = listOutsideModels(workbench, study);
    expect(models).toMatchObject(
      names.map((name) => ({ name, kind: 'image-text', answers: 'softmax', tested: { images: 300 } })),
    );
    const group = readOutside(workbench, new Sources(workbench.storage), findStudy(workbench, study), 'default');
    expect(group?.models.map(({ name }) => name)).toEqual(names);
    expect(group?.group.models).toEqual(names);
    const answers = answersIn(workbench);
    expect(answers[0]?.softmax).not.toEqual(answers[1]?.softmax);
    removeOutsideModels({ workbench }, study, outsideModelIds(workbench, study, [names[1]!]));
    expect(answersIn(workbench)).toEqual([answers[0]]);
  },
  240_000,
);

test.skipIf(missing !== null)('without weights an archive has the answers only', async () => {
  const { workbench, hashes } = await withModels();
  const light = await archived(workbench, false);
  expect(hashes).toHaveLength(4);
  for (const hash of hashes) expect(Object.keys(filesOf(light))).not.toContain(`blobs/${hash}`);
  const other = newBench();
  await importArchive(other, light);
  expect(answersIn(other)).toEqual(answersIn(workbench));
  await expect(predictOutside(toolsOf(await withoutAnswers(light)), study)).rejects.toThrow(
    /^2 models could not answer, 0 did/,
  );
});

test.skipIf(missing !== null)(
  'with weights all files are there, and the model answers with the same bytes',
  async () => {
    const { workbench, hashes } = await withModels();
    const path = await archived(workbench, true);
    for (const hash of hashes) expect(Object.keys(filesOf(path))).toContain(`blobs/${hash}`);
    const there = await withoutAnswers(path);
    expect(await predictOutside(toolsOf(there), study)).toBe(2);
    expect(answersIn(there)).toEqual(answersIn(workbench));
  },
);

test.skipIf(missing !== null)('other files than those of the identity are refused', async () => {
  const { workbench } = await withModels();
  const light = await archived(workbench, false);
  type Found = { encoder: { files: { name: string; hash: string }[] }; tokenizer: { hash: string } };
  const forgeries: ((text: Found) => void)[] = [
    ({ tokenizer: file }) => (file.hash = 'b'.repeat(64)),
    ({ encoder }) => (encoder.files[1]!.name = '../escaped.bin'),
    ({ encoder }) => (encoder.files[0]!.hash = 'b'.repeat(64)),
  ];
  for (const forge of forgeries) {
    const forged = filesOf(light);
    const content = jsonOf(forged, 'study.json');
    const [model] = content.outside as { found: { text: Found } }[];
    forge(model!.found.text);
    putJson(forged, 'study.json', content);
    relist(forged);
    await expect(importArchive(newBench(), pack(forged))).rejects.toThrow(/file of an outside model is not the one/);
  }
});

test('names of image-text models say their prompts, fit, and are free', () => {
  const text = textMappingSchema.parse({
    ids: 'ids',
    mask: null,
    output: 'y',
    element: 'int64',
    length: 77,
    pad: 0,
    templates: ['a photo of a {class}.'],
    words: [['cat'], ['hot dog']],
    scale: 100,
  });
  const mapping = { kind: 'image-text', input: {}, imageOutput: 'x', text } as unknown as ModelMapping;
  const name = (change: Partial<typeof text>, ...taken: string[]): string =>
    proposedName(`${'vit-b-32'}.onnx`, { ...mapping, text: { ...text, ...change } } as ModelMapping, {
      classes: ['cat', 'hot_dog'],
      taken,
    });
  expect(name({})).toBe('vit-b-32, "a photo of a {class}."');
  expect(name({ scale: 50 })).toBe('vit-b-32, "a photo of a {class}.", scale 50');
  expect(name({ words: [['cat', 'kitten'], ['hot dog']] })).toBe('vit-b-32, "a photo of a {class}.", words cat/kitten');
  expect(name({}, name({}))).toBe('vit-b-32, "a photo of a {class}." 2');
  const long = name({ templates: [`${'x'.repeat(300)}{class}`] });
  expect(long).toHaveLength(100);
  expect(name({ templates: [`${'x'.repeat(300)}{class}`] }, long)).toMatch(/^.{98} 2$/);
});
