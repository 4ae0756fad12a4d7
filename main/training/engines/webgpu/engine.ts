import { UserError } from '../../../contract/wire/errors.ts';
import { compositions, eager } from '../fallbacks.ts';
import type { Engine, Ops } from '../engine.ts';
import { loadTfjs, packageVersion, requireModule } from '../tfjs.ts';
import { adapterName, type BackendClass, dawnVersion, findAdapter, guardedBackend, requestDevice } from './device.ts';
import { Context } from './context.ts';
import { activationOps, lossOps } from './ops/functions.ts';
import { adamOp } from './ops/adam.ts';
import { attentionOps, layerOps, normalizationOps, poolOps } from './ops/layers.ts';

const packageName = '@tensorflow/tfjs-backend-webgpu';

/**
 * The engine for GPUs of all vendors: tfjs's WebGPU backend on Dawn, with our own kernels in WGSL for ops that the backend
 * computes incorrectly, slowly or in nondeterministic order. Values can only be read asynchronously.
 * @throws UserError `engine.absent` if there is no GPU.
 */
export async function openWebgpu(environment: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  const found = await findAdapter(environment);
  if ('absent' in found) {
    throw new UserError(
      'engine.absent',
      `The WebGPU engine cannot run here: ${found.absent}`,
      'engine webgpu',
      'Choose another engine, e.g. `--engine wasm`.',
    );
  }
  const { adapter } = found;
  const device = await requestDevice(adapter);
  process.once('exit', () => device.destroy());
  const tf = loadTfjs();
  const { WebGPUBackend } = requireModule(packageName) as { WebGPUBackend: BackendClass };
  const backend = guardedBackend(WebGPUBackend, device, adapter.info);
  // tfjs would compute small tensors on the CPU, so the self-check would not test the GPU.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  // The package registers its own, with a device without error handling.
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend as unknown as ReturnType<typeof tf.backend>);
  await tf.setBackend('webgpu');
  return {
    description: {
      name: 'webgpu',
      versions: {
        'tfjs-backend-webgpu': packageVersion(packageName),
        tfjs: packageVersion('@tensorflow/tfjs'),
        dawn: dawnVersion(),
      },
      device: adapterName(adapter.info),
    },
    tf,
    ops: webgpuOps(new Context(tf, backend)),
    holdsData: false,
    ...eager(tf),
    memory: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
  };
}

function webgpuOps(c: Context): Ops {
  const ops = {
    ...layerOps(c),
    ...poolOps(c),
    ...normalizationOps(c),
    ...activationOps(c),
    ...attentionOps(c),
    ...lossOps(c),
    ...adamOp(c),
  };
  return { ...ops, ...compositions(c.tf, ops) };
}
