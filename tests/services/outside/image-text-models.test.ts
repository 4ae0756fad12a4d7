import { writeFileSync } from 'node:fs';
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
import { missingRuntime } from '../../../main/training/outside/runtime.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sql } from '../../storage/storage-helper.ts';
import { digitWords, writeDigitsClip } from '../../training/outside/digits-clip.ts';
import { id, stop, tokenizer } from '../../training/outside/small-clip.ts';
import { benchWithSample, filesOf, jsonOf, newBench, pack, putJson, relist } from '../archive/archive-helper.ts';

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

test.skipIf(missing !== null)(
  'an image-text model joins a study with each set of prompts, and all its files go with an archive',
  async () => {
    const workbench = await benchWithSample();
    const tools = { workbench, launcher: new ForkLauncher(process.env) };
    const { data: _, ...files } = writeDigitsClip('data/table.bin');
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
      code: 'outside.changed',
      where: 'tokenizer.json',
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
