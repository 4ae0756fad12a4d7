/**
 * A process with the WebGPU engine, as a worker has it. Trains a step, then does what its argument says and trains
 * another one: `nothing`; `lose` the device; have the device `refuse` a buffer that no memory can hold; `leave` while the
 * other step is under way. Writes the loss, or the code of the error.
 */
import { UserError } from '../../../main/contract/wire/errors.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { smallTraining } from '../conformance/small-models.ts';

const engine = await openEngine('webgpu');
const { device } = engine.tf.backend() as unknown as {
  device: { destroy(): void; createBuffer(options: object): void };
};
const { entry, inputs } = smallTraining(engine, 'mlp');
const { run } = engine.compile({ train: entry });
await run.train(inputs(1));
if (process.argv[2] === 'lose') device.destroy();
if (process.argv[2] === 'refuse') device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.STORAGE });
try {
  const step = run.train(inputs(2));
  if (process.argv[2] === 'leave') process.exit();
  console.log((await step).loss?.[0]);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.log(error.code);
}
