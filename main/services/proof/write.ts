import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { Proof } from '../../contract/proof.ts';
import { existsSync } from 'node:fs';
import { writeFileAtomic } from '../../files/atomic.ts';
import { proofPage } from '../../reports/proof/page.ts';

export interface ProofFiles {
  json: string;
  page: string;
}

/**
 * The two files of a proof: the same name, ending in .json and .html. Called before anything is measured.
 * @throws UserError `file.not-found` if there is no such folder
 */
export function proofFiles(path: string): ProofFiles {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new UserError({
      code: 'file.not-found',
      what: `There is no folder ${folder}`,
      where: '--out',
      remedy: 'Create it, or choose another file.',
    });
  }
  const extension = extname(path);
  const name = ['.json', '.html'].includes(extension) ? basename(path, extension) : basename(path);
  return { json: join(folder, `${name}.json`), page: join(folder, `${name}.html`) };
}

/** @throws UserError `file.*` */
export function writeProof(files: ProofFiles, proof: Proof): void {
  writeFileAtomic(files.json, `${JSON.stringify(proof, null, 1)}\n`);
  writeFileAtomic(files.page, proofPage(proof));
}
