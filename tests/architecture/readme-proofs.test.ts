import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptProofs, proofLines, readmeParts } from './readme-proofs.ts';
import { repository } from './tools.ts';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');

/** Sentences that say of a graphics card that something works on it. */
const promises = (text: string): string[] =>
  text
    .split(/(?<=[.:])\s|\n\n|\|/)
    .filter((sentence) => /\b(GPUs?|CUDA|graphics cards?)\b/.test(sentence))
    .filter((sentence) => /\b(proven|tested|works?|faster|fastest|fast|speed)\b/i.test(sentence));

test('README.md says of engines what the kept proofs show, and promises no GPU that none shows', () => {
  const kept = keptProofs();
  const [before, lines, after] = readmeParts(readme);
  expect(lines, 'node tests/architecture/readme-proofs.ts writes them').toBe(proofLines(kept));
  if (!kept.some(({ proof }) => proof.engine?.hardware === 'gpu')) expect(promises(before + after)).toEqual([]);
  expect(promises('Trains. It works on every GPU. Fine.')).toEqual(['It works on every GPU.']);
});

test('a proof on a card is proven there; one in software, or one that failed, leaves it untested', () => {
  const [any] = keptProofs();
  const proof = any!.proof;
  const engine = { name: 'webgpu', hardware: 'gpu', device: 'Card', adapter: null, versions: {} } as const;
  const row = (changed: Partial<typeof proof>): string | undefined =>
    proofLines([{ name: 'mine', proof: { ...proof, engine, ...changed } }])
      .split('\n')
      .find((line) => line.includes('webgpu'));
  expect(row({})).toMatch(/^\| `webgpu` on a GPU \| \[Card\]\(docs\/proofs\/mine\.json\), \d{4}-/);
  expect(row({ engine: { ...engine, hardware: 'software' } })).toContain('**untested**; in software');
  expect(row({ selfCheck: { state: 'failed', message: '' } })).toBe('| `webgpu` on a GPU | **untested** |');
});
