import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { safe } from '@orpc/server';
import { expect, test } from 'vitest';
import type { LivePart } from '../../../main/contract/api/stimuli.ts';
import type { ModelMapping } from '../../../main/contract/outside.ts';
import { missingRuntime } from '../../../main/training/outside/runtime.ts';
import { sql } from '../../storage/storage-helper.ts';
import { nearestMean } from '../../training/outside/nearest-mean.ts';
import { benchWithSample } from '../archive/archive-helper.ts';
import { jobEnded, openLab } from '../lab/lab-helper.ts';

const missing = missingRuntime();
if (missing !== null) process.stderr.write(`Not tested that a page adds ONNX models: ${missing}\n`);

const study = 'sample';

/** The last part of a stream, and how many came before it. */
async function ended<Part extends { type: string }>(stream: Promise<AsyncIterable<Part>>) {
  const parts: Part[] = [];
  for await (const part of await stream) parts.push(part);
  return { last: parts.at(-1), count: parts.length };
}

test.skipIf(missing !== null)(
  'a page looks into uploaded files, checks their mapping, takes the better one, adds the model, and asks it about images',
  async () => {
    const bench = await benchWithSample();
    bench.storage.close();
    const { lab, client, dataFolder, defects } = openLab(bench.storage.folder);
    const { model, weights } = nearestMean('nearest.data');
    const take = (name: string, bytes: Buffer) => lab.uploads.take(name, Readable.from([bytes]));
    const data = await take('nearest.data', weights);
    const uploads = [data, await take('nearest.onnx', model)];
    const from = { kind: 'uploads' as const, uploads };

    // Without its external data, and without a model among the files.
    const alone = ended(client.outside.inspect({ study, from: { kind: 'uploads', uploads: uploads.slice(1) } }));
    await expect(alone).rejects.toMatchObject({ data: { code: 'outside.external-data', where: 'nearest.onnx' } });
    const other = await take('other.data', weights);
    const none = ended(client.outside.inspect({ study, from: { kind: 'uploads', uploads: [data, other] } }));
    await expect(none).rejects.toMatchObject({ data: { code: 'outside.files' } });
    lab.uploads.discard(other);

    const { last: read } = await ended(client.outside.inspect({ study, from }));
    if (read?.type !== 'found') throw new Error('nothing was found');
    const { files, proposal, classes } = read.found;
    if (proposal.kind !== 'onnx' || !proposal.output) throw new Error('nothing was proposed');
    expect(files.files.map(({ name }) => name)).toEqual(['nearest.onnx', 'nearest.data']);
    expect(proposal.reasons.filter(({ isGuess }) => isGuess).map(({ about }) => about)).toEqual(['input', 'output']);
    expect(classes).toHaveLength(10);
    const { kind, input, output } = proposal;
    const mapping: ModelMapping = { kind, input: { ...input, invert: true }, output };

    const wrong = await ended(client.outside.check({ study, from, mapping }));
    if (wrong.last?.type !== 'checked') throw new Error('nothing was checked');
    const [warning] = wrong.last.check.warnings;
    expect(warning?.mistake).toBe('inverted');
    expect(wrong.count).toBeGreaterThan(2);
    const add = { study, from, mapping, name: 'nearest', accept: false };
    expect((await safe(client.outside.add(add))).error).toMatchObject({ data: { code: 'outside.mapping' } });
    const better = warning!.mapping;
    const right = await ended(client.outside.check({ study, from, mapping: better }));
    expect(right.last).toMatchObject({ check: { warnings: [] } });
    expect((await client.outside.list({ study })).models).toEqual([]);

    // What was checked is not checked again; a job has it answer for the stimuli.
    const { job } = await client.outside.add({ ...add, mapping: better });
    expect(await jobEnded({ lab }, job!)).toMatchObject({ state: 'done', messages: ['1 model answered.'] });
    const listed = async () => (await client.outside.list({ study })).models;
    expect(await listed()).toMatchObject([{ name: 'nearest', answers: 'softmax', canPredict: true }]);
    expect(
      (await safe(client.outside.inspect({ study, from }).then((stream) => ended(Promise.resolve(stream))))).error,
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
    expect(state.outside.map(({ name, canPredict }) => [name, canPredict])).toEqual([
      ['nearest', true],
      ['second', true],
    ]);
    const votes = async (images: Parameters<typeof client.stimuli.liveVotes>[0]['images']) => {
      const parts: LivePart[] = [];
      for await (const part of await client.stimuli.liveVotes({ study, models: [first!.id, second!.id], images }))
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
