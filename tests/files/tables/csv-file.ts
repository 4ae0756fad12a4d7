import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** Writes a file of the test's own and gives its path. */
export function csvFile(content: string | Uint8Array, name = 'table.csv'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** The UserError that a promise is rejected with: its code, what is wrong, and where, without the folder. */
export async function refusal(
  result: Promise<unknown>,
): Promise<{ code: string; what: string; where: string; remedy: string }> {
  try {
    await result;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: error.code, what: error.message, where: error.where.replace(/^.*[\\/]/, ''), remedy: error.remedy };
  }
  throw new Error('the file was taken');
}
