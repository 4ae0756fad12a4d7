/**
 * Run as a process of its own: loads a binding and multiplies two matrices with it. Exit code 0 if the product is
 * right; a library that does not fit this processor takes this process down, and not the installer.
 * Argument: path of the binding.
 */
import { createRequire } from 'node:module';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';

const binding: TFJSBinding = createRequire(import.meta.url)(process.argv[2] ?? '');
const matrix = (values: number[]): number => binding.createTensor([2, 2], binding.TF_FLOAT, Float32Array.from(values));
const attributes = [
  { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
];
const [product] = binding.executeOp('MatMul', attributes, [matrix([1, 2, 3, 4]), matrix([5, 6, 7, 8])], 1);
const values = [...binding.tensorDataSync(product?.id ?? -1)].join(' ');
process.stdout.write(`${binding.TF_Version}: ${values}\n`);
process.exitCode = values === '19 22 43 50' ? 0 : 1;
