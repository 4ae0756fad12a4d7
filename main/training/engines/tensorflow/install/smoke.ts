/**
 * Runs in a process of its own: loads a binding and multiplies two matrices with it, then loads our own kernels, if
 * given, and normalizes a row. Exits with code 0 if the results are right. A library that does not run on this processor
 * crashes this process, not the installer. Arguments: paths of the binding and of the kernels.
 */
import { createRequire } from 'node:module';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';

const load = createRequire(import.meta.url);
const [, , bindingPath = '', kernelsPath] = process.argv;
const binding: TFJSBinding = load(bindingPath);

const tensor = (shape: number[], values: number[]): number =>
  binding.createTensor(shape, binding.TF_FLOAT, Float32Array.from(values));

/** Values of an op's first result. */
function run(
  op: string,
  attributes: Parameters<TFJSBinding['executeOp']>[1],
  inputs: number[],
  outputs: number,
): string {
  const [first] = binding.executeOp(op, attributes, inputs, outputs);
  return [...binding.tensorDataSync(first?.id ?? -1)].join(' ');
}

function multiply(): boolean {
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
  ];
  const matrices = [tensor([2, 2], [1, 2, 3, 4]), tensor([2, 2], [5, 6, 7, 8])];
  return run('MatMul', attributes, matrices, 1) === '19 22 43 50';
}

function normalize(path: string): boolean {
  const { failure } = load(path) as { failure?: string };
  if (failure !== undefined) throw new Error(failure);
  const attributes = [{ name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: 0 }];
  const inputs = [tensor([1, 2], [1, 3]), tensor([2], [2, 2]), tensor([2], [0, 1])];
  return run('BoundaryLayerNorm', attributes, inputs, 2) === '-2 3';
}

const correct = multiply() && (kernelsPath === undefined || normalize(kernelsPath));
process.stdout.write(`${binding.TF_Version}: ${correct ? 'right' : 'wrong'}\n`);
// A utilityProcess of Electron would keep running.
process.exit(correct ? 0 : 1);
