import { expect, test } from 'vitest';
import { study, trained } from '../../services/runs/trained-mlps.ts';
import { checkOnnx, checkWeights } from './downloaded-weights.ts';

test('weights of a trained network are downloaded in each format', { timeout: 240_000 }, async () => {
  const test = await trained();
  const { client, first } = test;
  await checkWeights(test, first.id);
  await checkOnnx(test, study, first.id, (await client.runs.get({ id: first.id })).snapshots[0]?.errors ?? -1);
  const inPytorch = await client.weights.ofRun({ id: first.id, target: 97, format: 'safetensors' });
  expect(inPytorch.loader).toContain('load_file("MLP1-97.safetensors")');
  await expect(client.weights.ofRun({ id: first.id, target: 50, format: 'onnx' })).rejects.toMatchObject({
    data: { code: 'weights.no-snapshot' },
  });
});
