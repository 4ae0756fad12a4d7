import { InferenceSession } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { libraryOperations } from '../../../../main/contributions/outside/model/library-operations.ts';
import { encodeModel } from './onnx-writer.ts';

/** What the library says of a model of this one operation; null: it runs. */
async function saidOf(op: string): Promise<string | null> {
  const bytes = encodeModel({
    inputs: [{ name: 'x', shape: ['n', 1, 2, 2] }],
    outputs: [{ name: 'y', shape: ['n', 4] }],
    domains: { 'com.microsoft': 1 },
    nodes: [{ op, domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] }],
  });
  return InferenceSession.create(bytes, { logSeverityLevel: 4 }).then(
    () => null,
    (error: unknown) => String(error),
  );
}

test('every operation on the list comes with the library', async () => {
  expect(await saidOf('PythonOp')).toContain('is not a registered function/op');
  const foreign: string[] = [];
  for (const op of libraryOperations) if ((await saidOf(op))?.includes('is not a registered')) foreign.push(op);
  expect(foreign).toEqual([]);
  expect(libraryOperations.size).toBeGreaterThan(100);
});
