/**
 * What README.md says of proven engines, from the proofs in docs/proofs. Run by itself it writes these lines:
 *
 *   node tests/architecture/readme-proofs.ts
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProven, type Proof, proofSchema } from '../bench/prove/proof.ts';
import { repository } from './tools.ts';

export interface KeptProof {
  /** Without its extension. */
  name: string;
  proof: Proof;
}

const folder = join('docs', 'proofs');

/** @throws ZodError if one is not a proof */
export const keptProofs = (): KeptProof[] =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({
      name: name.replace('.json', ''),
      proof: proofSchema.parse(JSON.parse(readFileSync(join(repository, folder, name), 'utf8'))),
    }));

const rows = [
  ['tensorflow', 'processor'],
  ['tensorflow', 'gpu'],
  ['webgpu', 'gpu'],
  ['wasm', 'processor'],
] as const;

/** Proofs of earlier versions have a page beside them. */
const pageOf = (name: string): string => (existsSync(join(repository, folder, `${name}.html`)) ? 'html' : 'json');

/** A row for each engine and what it computes on: the proofs, or `untested`. A driver in software proves nothing. */
export function proofLines(kept: readonly KeptProof[]): string {
  const proven = kept.filter(({ proof }) => isProven(proof));
  const cells = rows.map(([engine, hardware]) => {
    const of = (wanted: string): string[] =>
      proven
        .filter(({ proof }) => proof.engine?.name === engine && proof.engine.hardware === wanted)
        .map(
          ({ name, proof }) =>
            `[${proof.engine?.device}](docs/proofs/${name}.${pageOf(name)}), ${proof.at.slice(0, 10)}`,
        );
    const software = hardware === 'gpu' ? of('software') : [];
    const untested = [
      '**untested**',
      ...software.map((each) => `in software, which proves nothing about a card: ${each}`),
    ];
    const found = of(hardware);
    return `| \`${engine}\` on a ${hardware === 'gpu' ? 'GPU' : 'processor'} | ${(found.length > 0 ? found : untested).join('; ')} |`;
  });
  return ['| engine | proven on |', '|---|---|', ...cells].join('\n');
}

const marks = ['<!-- proofs -->', '<!-- proofs end -->'] as const;

/** README.md around the lines, and the lines. @throws Error without a place for them */
export function readmeParts(readme: string): [before: string, lines: string, after: string] {
  const [from, to] = [readme.indexOf(marks[0]), readme.indexOf(marks[1])];
  if (from < 0 || to < from) throw new Error(`README.md has no place for proofs: ${marks.join(' ')}`);
  const start = from + marks[0].length;
  return [readme.slice(0, start), readme.slice(start, to).trim(), readme.slice(to)];
}

if (import.meta.main) {
  const path = join(repository, 'README.md');
  const [before, , after] = readmeParts(readFileSync(path, 'utf8'));
  writeFileSync(path, `${before}\n\n${proofLines(keptProofs())}\n\n${after}`);
}
