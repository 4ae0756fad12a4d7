import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { safe } from '@orpc/server';
import { expect, test } from 'vitest';
import type { LivePart } from '../../../main/contributions/outside/contract/live.ts';
import type { ModelMapping } from '../../../main/contributions/outside/contract/outside.ts';
import { placeFiles, placeStoredFiles } from '../../../main/contributions/outside/onnx-models.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { inspectModelFile } from '../../../main/contributions/outside/model/model-file.ts';
import { missingRuntime } from '../../../main/contributions/outside/model/runtime.ts';
import { sql } from '../../storage/storage-helper.ts';
import { nearestMean } from './model/nearest-mean.ts';
import { textEncoder, tokenizer, vocabulary } from './model/small-clip.ts';
import { benchWithSample } from '../archives/archive-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { jobEnded, openLab } from '../../services/lab/lab-helper.ts';

const missing = missingRuntime();
if (missing !== null) process.stderr.write(`Not tested that a page adds ONNX models: ${missing}\n`);

const study = 'sample';

/** The last part of a stream, and how many came before it. */
async function ended<Part extends { type: string }>(stream: Promise<AsyncIterable<Part>>) {
  const parts: Part[] = [];
  for await (const part of await stream) parts.push(part);
  return { last: parts.at(-1), count: parts.length };
}

/** A lab with the sample, and a model of two files that a page has uploaded. */
async function uploadedModel() {
  const bench = await benchWithSample();
  bench.storage.close();
  const test = openLab(bench.storage.folder);
  const { model, weights } = nearestMean('nearest.data');
  const take = (name: string, bytes: Buffer) => test.lab.uploads.take(name, Readable.from([bytes]));
  const data = await take('nearest.data', weights);
  const uploads = [data, await take('nearest.onnx', model)];
  return { ...test, take, weights, data, uploads, files: { model: { kind: 'uploads' as const, uploads } } };
}

test.skipIf(missing !== null)(
  'uploaded files without their external data, without a model, or with one name twice are refused',
  async () => {
    const { lab, client, take, weights, data, uploads } = await uploadedModel();
    const alone = ended(
      client.outside.inspect({ study, files: { model: { kind: 'uploads', uploads: uploads.slice(1) } } }),
    );
    await expect(alone).rejects.toMatchObject({ data: { code: 'outside.external-data', where: 'nearest.onnx' } });
    const other = await take('other.data', weights);
    const none = ended(
      client.outside.inspect({ study, files: { model: { kind: 'uploads', uploads: [data, other] } } }),
    );
    await expect(none).rejects.toMatchObject({ data: { code: 'outside.files' } });
    lab.uploads.discard(other);
    // One name twice, as a disk sees it that does not tell capitals apart.
    const twin = await take('Nearest.data', weights);
    const twice = { model: { kind: 'uploads' as const, uploads: [...uploads, twin] } };
    await expect(ended(client.outside.inspect({ study, files: twice }))).rejects.toMatchObject({
      data: { code: 'outside.files', what: expect.stringContaining('Two of the chosen files are called') },
    });
    const exact = { model: { kind: 'uploads' as const, uploads: [...uploads, await take('nearest.data', weights)] } };
    await expect(ended(client.outside.inspect({ study, files: exact }))).rejects.toMatchObject({
      data: { code: 'outside.files' },
    });
    for (const id of [twin, exact.model.uploads[2] ?? '']) lab.uploads.discard(id);
  },
);

test.skipIf(missing !== null)(
  'an uploaded file is the image encoder of an image-text model where a text encoder comes with it',
  async () => {
    const { client, take, files } = await uploadedModel();
    const table = { name: 'table', shape: [vocabulary.length, 10], data: new Float32Array(10 * vocabulary.length) };
    const weight = { name: 'w', shape: [10, 10], data: new Float32Array(100) };
    const texts = [
      await take('text.onnx', textEncoder(10, [table, weight])),
      await take('tokenizer.json', Buffer.from(JSON.stringify(tokenizer))),
    ];
    const [encoder, tokens] = texts.map((id) => ({ kind: 'uploads' as const, uploads: [id] }));
    const both = { ...files, text: { encoder: encoder!, tokenizer: tokens! } };
    const { last: seen } = await ended(client.outside.inspect({ study, files: both }));
    if (seen?.type !== 'found' || !seen.found.files.text) throw new Error('no text encoder was found');
    expect(seen.found.proposal).toMatchObject({ kind: 'image-text', text: { length: 12, output: 'text_embeds' } });
    expect(seen.found.files.text).toMatchObject({
      encoder: { files: [{ name: 'text.onnx' }] },
      tokenizer: { name: 'tokenizer.json', kind: 'BPE' },
    });
  },
);

test.skipIf(missing !== null)(
  'a page looks into uploaded files, checks their mapping, takes the better one, adds the model, and asks it about images',
  async () => {
    const { lab, client, dataFolder, defects, files } = await uploadedModel();
    const { last: read } = await ended(client.outside.inspect({ study, files }));
    if (read?.type !== 'found') throw new Error('nothing was found');
    const { files: found, proposal, classes } = read.found;
    if (proposal.kind !== 'onnx' || !proposal.output) throw new Error('nothing was proposed');
    expect(found.files.map(({ name }) => name)).toEqual(['nearest.onnx', 'nearest.data']);
    expect(proposal.reasons.filter(({ isGuess }) => isGuess).map(({ about }) => about)).toEqual(['input', 'output']);
    expect(classes).toHaveLength(10);
    const { kind, input, output } = proposal;
    const mapping: ModelMapping = { kind, input: { ...input, invert: true }, output };

    const wrong = await ended(client.outside.check({ study, files, mapping }));
    if (wrong.last?.type !== 'checked') throw new Error('nothing was checked');
    const [warning] = wrong.last.check.warnings;
    expect(warning?.mistake).toBe('inverted');
    expect(wrong.count).toBeGreaterThan(2);
    const add = { study, files, mapping, name: 'nearest', accept: false };
    expect((await safe(client.outside.add(add))).error).toMatchObject({ data: { code: 'outside.mapping' } });
    const better = warning!.mapping;
    const right = await ended(client.outside.check({ study, files, mapping: better }));
    expect(right.last).toMatchObject({ check: { warnings: [] } });
    expect((await client.outside.list({ study })).models).toEqual([]);

    // What was checked is not checked again; a job has it answer for the stimuli.
    const { job } = await client.outside.add({ ...add, mapping: better });
    expect(await jobEnded({ lab }, job!)).toMatchObject({ state: 'done', messages: ['1 model answered.'] });
    const listed = async () => (await client.outside.list({ study })).models;
    expect(await listed()).toMatchObject([{ name: 'nearest', answers: 'softmax', canPredict: true }]);
    expect(
      (await safe(client.outside.inspect({ study, files }).then((stream) => ended(Promise.resolve(stream))))).error,
    ).toMatchObject({ data: { code: 'upload.gone' } });
    expect(readdirSync(join(dataFolder, 'uploads'))).toEqual([]);
    await expect(client.outside.predict({ study }).then(({ job: id }) => jobEnded({ lab }, id))).resolves.toMatchObject(
      {
        messages: ['0 models answered.'],
      },
    );

    // Another one, whose file is lost: it costs its own answer only.
    sql(
      dataFolder,
      `INSERT INTO outside_model (identity, kind, spec, found, added_at)
       SELECT '${'f'.repeat(64)}', kind, spec, json_set(found, '$.files[0].hash', '${'a'.repeat(64)}'), added_at FROM outside_model`,
    );
    sql(
      dataFolder,
      `INSERT INTO study_outside_model (study_id, model_id, name, tested, linked_at)
       SELECT study_id, (SELECT max(id) FROM outside_model), 'second', NULL, linked_at FROM study_outside_model`,
    );
    const [first, second] = await listed();
    const state = await client.stimuli.state({ study });
    expect((await client.outside.voters({ study })).map(({ name, canPredict }) => [name, canPredict])).toEqual([
      ['nearest', true],
      ['second', true],
    ]);
    const votes = async (images: Parameters<typeof client.outside.liveVotes>[0]['images']) => {
      const parts: LivePart[] = [];
      for await (const part of await client.outside.liveVotes({ study, models: [first!.id, second!.id], images }))
        parts.push(part);
      return new Map(parts.map((part) => [part.id, part]));
    };
    const [i = 0, j = 0] = state.pairs[0] ?? [];
    const frozen = await votes({ kind: 'pair', pair: [i, j] });
    expect(frozen.get(first!.id)).toMatchObject({ type: 'vote', labels: expect.any(Array) });
    expect(frozen.get(second!.id)).toMatchObject({ type: 'failed', why: expect.stringContaining('is missing') });
    const way = { from: state.anchors[i]!.z, to: state.anchors[j]!.z, alphas: 11, interpolation: 'linear' as const };
    const live = await votes({ kind: 'way', ...way, generator: state.generator!.weights });
    // The frozen set was made along the same way.
    expect(live.get(first!.id)).toMatchObject({ labels: (frozen.get(first!.id) as { labels: number[] }).labels });
    expect(live.get(second!.id)).toMatchObject({ type: 'failed' });
    await lab.close();
    expect(existsSync(join(dataFolder, 'uploads'))).toBe(false);
    expect(defects).toEqual([]);
  },
  240_000,
);

test('a stored model whose external data has the name that the program gives to its first file is put back whole', async () => {
  const { lab } = openLab();
  const { blobs } = lab.workbench.storage;
  const folder = temporaryFolder();
  const { model, weights } = nearestMean('model');
  writeFileSync(join(folder, 'nearest.onnx'), model);
  writeFileSync(join(folder, 'model'), weights);
  const found = await inspectModelFile(join(folder, 'nearest.onnx'));
  for (const bytes of [model, weights]) blobs.put(bytes);
  const place = placeStoredFiles(lab.workbench, { found });
  expect((await inspectModelFile(place.files.model)).hash).toBe(found.hash);
  place.remove();
  expect(readdirSync(join(lab.workbench.storage.folder, 'uploads'))).toEqual([]);
});

test('a stored file keeps its name when the folder of a model goes', () => {
  const data = temporaryFolder();
  const blobs = new BlobStore(join(data, 'blobs'));
  const stored = blobs.put(Buffer.from('a model'));
  const place = placeFiles(data, { model: [{ from: blobs.path(stored), name: 'model' }] });
  place.remove();
  expect(blobs.get(stored).toString()).toBe('a model');
});
