import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { Proof } from '../../contract/proof.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { proofPage } from '../../reports/proof/page.ts';

export interface ProofFiles {
  json: string;
  page: string;
}

/**
 * The two files of a proof: the same name, ending in .json and .html. Called before anything is measured.
 * @throws UserError `file.not-found` if there is no such folder, `file.is-a-folder`, `file.exists` if something else is there
 */
export function proofFiles(path: string): ProofFiles {
  const folder = dirname(path);
  if (!isFolder(folder)) {
    throw new UserError(
      'file.not-found',
      `There is no folder ${folder}`,
      '--out',
      'Create it, or choose another file.',
    );
  }
  if (isFolder(path)) {
    throw new UserError('file.is-a-folder', `${path} is a folder`, '--out', 'Name a file in it.');
  }
  const extension = extname(path);
  const name = ['.json', '.html'].includes(extension) ? basename(path, extension) : basename(path);
  const files = { json: join(folder, `${name}.json`), page: join(folder, `${name}.html`) };
  const taken = [files.json, files.page].find(existsSync);
  if (taken !== undefined && !isProof(files.json)) {
    throw new UserError('file.exists', `${taken} is there already, and no proof`, '--out', 'Choose another name.');
  }
  return files;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Whether a file begins as proofs do. */
function isProof(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(200);
    return start.subarray(0, readSync(file, start)).includes('boundary-workbench/proof/');
  } finally {
    closeSync(file);
  }
}

/** @throws UserError `file.*` */
export function writeProof(files: ProofFiles, proof: Proof): void {
  writeFileAtomic(files.json, `${JSON.stringify(proof, null, 1)}\n`);
  writeFileAtomic(files.page, proofPage(proof));
}
