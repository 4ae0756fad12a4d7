import { expect, it } from 'vitest';
import { expectClose, numericGradient, randomNumbers } from '../conformance/compare.ts';
import { cnnGradients, type Decide } from '../conformance/reference-cnn.ts';
import type { Numbers } from '../conformance/reference-ops.ts';

const channels = [1, 2, 2, 3];
const shapes = {
  'conv1.weight': 9,
  'norm1.gamma': 1,
  'norm1.beta': 1,
  'conv2.weight': 18,
  'norm2.gamma': 2,
  'norm2.beta': 2,
  'conv3.weight': 36,
  'norm3.gamma': 2,
  'norm3.beta': 2,
  'conv4.weight': 54,
  'norm4.gamma': 3,
  'norm4.beta': 3,
  'dense1.weight': 2 * 2 * 3 * 5,
  'dense1.bias': 5,
  'dense2.weight': 5 * 4,
  'dense2.bias': 4,
  'dense3.weight': 4 * 3,
  'dense3.bias': 3,
};

it('has the gradients of its own loss, by finite differences with the same decisions', () => {
  const names = Object.keys(shapes);
  const values = Object.entries(shapes).map(([name, length]) =>
    randomNumbers(length, name, 0.5, name.endsWith('gamma') ? 1 : 0),
  );
  const size = { n: 3, h: 9, w: 11, c: 1 };
  const batch = { size, images: randomNumbers(3 * 9 * 11, 'images'), labels: [2, 0, 1] };
  const step = (given: readonly Numbers[], decide: Decide) =>
    cnnGradients(Object.fromEntries(names.map((name, i) => [name, given[i]!])), channels, batch, 0.25, decide);
  const decisions: Numbers[] = [];
  const dropped = randomNumbers(3 * 4, 'dropped', 1, 0.7).map((value) => Math.max(0, value));
  const { gradients } = step(values, (decision, exact) => {
    decisions.push(decision === 'dropped' ? dropped : exact.slice());
    return decisions.at(-1)!;
  });
  expect(Object.keys(gradients).sort()).toEqual(names.toSorted());
  const loss = (...given: Numbers[]): Numbers => {
    const next = decisions.values();
    return Float64Array.of(step(given, () => next.next().value!).loss);
  };
  for (const [index, name] of names.entries()) {
    expectClose(gradients[name]!, numericGradient(loss, values, index, Float64Array.of(1)), 1e-6);
  }
});
