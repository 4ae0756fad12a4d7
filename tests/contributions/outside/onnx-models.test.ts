import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { sha256 } from '../../../main/files/blobs.ts';
import type { ModelMapping, Proposal } from '../../../main/contributions/outside/contract/outside.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { Sources } from '../../../main/services/analysis-input.ts';
import { addModel, inspectModel, predictOutside } from '../../../main/contributions/outside/onnx-models.ts';
import { listOutsideModels } from '../../../main/contributions/outside/outside-models.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { missingRuntime } from '../../../main/contributions/outside/model/runtime.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sql } from '../../storage/storage-helper.ts';
import { nearestMean } from './model/nearest-mean.ts';
import { benchWithSample, filesOf, jsonOf, newBench, pack, putJson, relist } from '../archives/archive-helper.ts';

const missing = missingRuntime();
if (missing !== null) process.stderr.write(`Not tested that ONNX models join a study: ${missing}\n`);

const study = 'sample';

const complete = (proposal: Proposal): ModelMapping =>
  proposal.kind === 'onnx' && proposal.output
    ? { kind: 'onnx', input: proposal.input, output: proposal.output }
    : expect.fail('another mapping was to be proposed');

const answersIn = (workbench: Workbench) =>
  new Sources(workbench.storage)
    .read(findStudy(workbench, study))
    ?.models.flatMap(({ outside, softmax, labels }) => (outside === null ? [] : [{ softmax: softmax(), labels }])) ??
  [];

test.skipIf(missing !== null)(
  'an ONNX model joins a study once it was checked, answers for its stimuli, and goes with its archive',
  async () => {
    const workbench = await benchWithSample();
    const tools = { workbench, launcher: new ForkLauncher(process.env) };
    const file = { path: join(temporaryFolder(), 'nearest.onnx'), name: 'nearest.onnx' };
    const files = { model: file };
    writeFileSync(file.path, nearestMean().model);
    const { files: found, proposal } = await inspectModel(tools, study, files);
    expect(found.inputs[0]).toMatchObject({ name: 'image', shape: ['batch', 1, 28, 28] });
    const { input } = proposal;
    const mapping = complete(proposal);
    expect(input).toMatchObject({ layout: 'nchw', channels: 'gray', width: 28, height: 28 });

    // A mapping that looks wrong is refused with what to change; nothing is stored.
    const mapped = { name: 'nearest mean', mapping };
    const inverted = { ...mapped, mapping: { ...mapping, input: { ...input, invert: !input.invert } } };
    await expect(addModel(tools, study, files, inverted, { images: 200 })).rejects.toMatchObject({
      code: 'outside.mapping',
    });
    expect(listOutsideModels(workbench, study).models).toEqual([]);
    const notes: string[] = [];
    const added = await addModel(tools, study, files, mapped, { images: 300, report: (note) => void notes.push(note) });
    expect(added).toMatchObject({ name: 'nearest mean', predicted: true, check: { images: 300, warnings: [] } });
    expect(added.check.accuracy).toBeGreaterThan(70);
    expect(notes.at(-1)).toBe('165 of 165 stimuli');
    expect(listOutsideModels(workbench, study).models).toMatchObject([
      {
        name: 'nearest mean',
        kind: 'onnx',
        files: [{ name: 'nearest.onnx', hash: sha256(readFileSync(file.path)) }],
        answers: 'softmax',
        tested: { images: 300, accuracy: added.check.accuracy },
      },
    ]);
    const [answers] = answersIn(workbench);
    expect(answers?.softmax.length).toBe(1650);
    expect(answers?.softmax.every((p) => p >= 0 && p <= 1)).toBe(true);
    await expect(addModel(tools, study, files, mapped, { images: 50 })).rejects.toMatchObject({
      code: 'outside.known',
    });

    // Its file is among the weights of an archive. What it answered there is answered here in the same bytes.
    const path = join(temporaryFolder(), 'with.zip');
    await exportArchive(workbench, { study, path, weights: true });
    expect(Object.keys(filesOf(path))).toContain(`blobs/${found.hash}`);
    const there = newBench();
    await importArchive(there, path);
    sql(there.storage.folder, 'DELETE FROM outside_prediction');
    expect(answersIn(there)).toEqual([]);
    expect(await predictOutside({ ...tools, workbench: there }, study)).toBe(1);
    expect(answersIn(there)).toEqual([answers]);
    expect(await predictOutside({ ...tools, workbench: there }, study)).toBe(0);

    // One model that cannot answer stops no other.
    sql(there.storage.folder, 'DELETE FROM outside_prediction');
    const second = { ...inverted, name: 'a damaged one' };
    await addModel({ ...tools, workbench: there }, study, files, second, { images: 20, accept: true });
    sql(there.storage.folder, 'DELETE FROM outside_prediction');
    const spoiled = { ...found, files: [{ ...found.files[0]!, hash: 'a'.repeat(64) }] };
    sql(
      there.storage.folder,
      `UPDATE outside_model SET found = '${JSON.stringify(spoiled)}' WHERE id = (SELECT max(id) FROM outside_model)`,
    );
    await expect(predictOutside({ ...tools, workbench: there }, study)).rejects.toThrow(
      /^1 model could not answer, 1 did. a damaged one: A stored file is missing/,
    );
    expect(answersIn(there)).toEqual([answers]);

    // An archive that names files outside of their folder, or another model than its identity, is refused.
    for (const change of [
      { name: '../../../../escaped.onnx' },
      { name: 'C:\\escaped.onnx' },
      { hash: 'b'.repeat(64) },
    ]) {
      const forged = filesOf(path);
      const content = jsonOf(forged, 'study.json');
      const [model] = content.outside as { found: { files: object[] } }[];
      Object.assign(model!.found.files[0]!, change);
      putJson(forged, 'study.json', content);
      relist(forged);
      await expect(importArchive(newBench(), pack(forged))).rejects.toThrow(/file of an outside model is not the one/);
    }

    for (const name of ['', ' ', 'x'.repeat(101), 'red\u001b[31m'])
      await expect(addModel(tools, study, files, { ...mapped, name })).rejects.toMatchObject({ code: 'outside.name' });
    const broken = { path: join(temporaryFolder(), 'broken.onnx'), name: 'broken.onnx' };
    writeFileSync(broken.path, nearestMean().model.subarray(0, 3000));
    await expect(inspectModel(tools, study, { model: broken })).rejects.toMatchObject({
      where: expect.stringContaining('broken.onnx'),
    });
  },
  240_000,
);

test.skipIf(missing !== null)(
  'a file of weights is stored in small pieces that are in one place in memory, one after another',
  async () => {
    const workbench = await benchWithSample();
    const tools = { workbench, launcher: new ForkLauncher(process.env) };
    const { blobs } = workbench.storage;
    const put = blobs.putStream.bind(blobs);
    const sizes: number[] = [];
    const memory = new Set<ArrayBufferLike>();
    vi.spyOn(blobs, 'putStream').mockImplementation((hash, write) =>
      put(hash, (take) =>
        write((piece) => {
          sizes.push(piece.length);
          if (hash === sha256(stored)) memory.add(piece.buffer);
          return take(piece);
        }),
      ),
    );
    const folder = temporaryFolder();
    const files = { model: { path: join(folder, 'large.onnx'), name: 'large.onnx' } };
    const { model, weights } = nearestMean('large.data', { offset: '0', length: '31360' });
    const stored = Buffer.alloc(3 * 2 ** 20 + 7, weights);
    writeFileSync(files.model.path, model);
    writeFileSync(join(folder, 'large.data'), stored);
    const { files: found, proposal } = await inspectModel(tools, study, files);
    await addModel(tools, study, files, { name: 'large', mapping: complete(proposal) }, { images: 20, accept: true });
    expect(found.files[1]).toMatchObject({ name: 'large.data', hash: sha256(stored) });
    expect(blobs.get(sha256(stored)).equals(stored)).toBe(true);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(sizes.length).toBeGreaterThan(12);
    expect(memory.size).toBe(1);
  },
);
