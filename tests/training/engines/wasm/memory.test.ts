import { expect, test } from 'vitest';
import { openEngine } from '../../../../main/training/engines/open.ts';

test('without memory for a tensor, the engine fails with what helps, and what is there stays', async () => {
  const { tf } = await openEngine('wasm');
  const kept = tf.tensor1d([1, 2, 3]);
  // All that there can be, and more bytes than 32 bits can say.
  for (const rows of [32_767, 40_000]) {
    const tooMuch = () => tf.tidy(() => tf.add(tf.zeros([rows, 1]), tf.zeros([1, 32_768])));
    expect(tooMuch).toThrow(
      expect.objectContaining({
        code: 'engine.out-of-memory',
        remedy: 'Use a smaller batch, fewer seeds in one step, or the tensorflow engine.',
      }),
    );
  }
  expect(await tf.add(kept, 1).data()).toEqual(Float32Array.of(2, 3, 4));
});
