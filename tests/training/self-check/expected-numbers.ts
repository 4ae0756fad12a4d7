/**
 * Computes what the self-check expects. Run by itself it writes main/training/self-check/expected.json, which is needed
 * when the self-check computes something else:
 *
 *   node tests/training/self-check/expected-numbers.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  smallGanTrainer,
  smallTrainer,
  type TriedKind,
  triedKinds,
} from '../../../main/training/self-check/network-findings.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import type { ParameterValues } from '../../../main/training/weights/weights.ts';
import type { Weights } from './reference-classifiers.ts';
import { referenceClassifierFindings, referenceOpFindings } from './reference-findings.ts';
import { referenceGanFindings } from './reference-gan.ts';

/** The numbers by name. Any engine will do: it holds the initial weights and computes nothing. */
export async function expectedNumbers(engine: Engine): Promise<Record<string, number[]>> {
  const initial: Partial<Record<TriedKind, Weights>> = {};
  for (const kind of triedKinds) {
    const trainer = smallTrainer(engine, kind);
    initial[kind] = weightsOf((await trainer.readState()).parameters);
    trainer.dispose();
  }
  const adversaries = smallGanTrainer(engine);
  const { generator, discriminator } = await adversaries.readState();
  const images = Float64Array.from(adversaries.realImages(1));
  adversaries.dispose();
  const found = {
    ...referenceOpFindings(),
    ...referenceClassifierFindings(initial as Required<typeof initial>),
    ...referenceGanFindings(weightsOf(generator), weightsOf(discriminator), images),
  };
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, values.map(rounded)]));
}

function weightsOf(parameters: ParameterValues): Weights {
  return Object.fromEntries(Object.entries(parameters).map(([name, { values }]) => [name, Float64Array.from(values)]));
}

/** Seven digits, ten times finer than what is checked; what is noise of the differences becomes 0. */
const rounded = (value: number): number => (Math.abs(value) < 1e-7 ? 0 : Number(value.toPrecision(7)));

if (import.meta.main) {
  const numbers = await expectedNumbers(await openEngine('wasm'));
  const lines = Object.entries(numbers).map(([name, values]) => `  ${JSON.stringify(name)}: [${values.join(', ')}]`);
  const path = join(import.meta.dirname, '../../../main/training/self-check/expected.json');
  writeFileSync(path, `{\n${lines.join(',\n')}\n}\n`);
}
