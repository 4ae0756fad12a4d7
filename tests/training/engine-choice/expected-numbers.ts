/**
 * Computes what the self-check expects. Run by itself it writes main/training/engine-choice/expected.ts, which is needed
 * when the self-check computes something else:
 *
 *   node tests/training/engine-choice/expected-numbers.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds, smallTrainer } from '../../../main/training/engine-choice/classifier-findings.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import type { Weights } from './reference-classifiers.ts';
import { referenceClassifierFindings, referenceOpFindings } from './reference-findings.ts';

/** The numbers by name. Any engine will do: it holds the initial weights and computes nothing. */
export async function expectedNumbers(engine: Engine): Promise<Record<string, number[]>> {
  const initial: Record<string, Weights> = {};
  for (const kind of kinds) {
    const trainer = smallTrainer(engine, kind);
    const { parameters } = await trainer.state();
    trainer.dispose();
    initial[kind] = Object.fromEntries(
      Object.entries(parameters).map(([name, { values }]) => [name, Float64Array.from(values)]),
    );
  }
  const found = {
    ...referenceOpFindings(),
    ...referenceClassifierFindings(initial as Record<(typeof kinds)[number], Weights>),
  };
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, values.map(rounded)]));
}

/** Seven digits, ten times finer than what is checked; what is noise of the differences becomes 0. */
const rounded = (value: number): number => (Math.abs(value) < 1e-7 ? 0 : Number(value.toPrecision(7)));

if (import.meta.main) {
  const numbers = await expectedNumbers(await openEngine('wasm'));
  const lines = Object.entries(numbers).map(([name, values]) => `  ${quoted(name)}: [${values.join(', ')}],`);
  const text = `/**
 * What the self-check expects by the names of its findings. Computed in plain float64, with gradients by central
 * differences, by tests/training/engine-choice/expected-numbers.ts; a test computes them anew.
 */
export const expected: Readonly<Record<string, readonly number[]>> = {
${lines.join('\n')}
};
`;
  writeFileSync(join(import.meta.dirname, '../../../main/training/engine-choice/expected.ts'), text);
}

function quoted(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`;
}
