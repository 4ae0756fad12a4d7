import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../files/atomic.ts';
import { hashFile } from './download.ts';
import { variants } from './release.ts';

/** Names of files are relative to the installation's folder, with `/`. */
const manifestSchema = z.object({
  /** Name of the installation's folder. */
  id: z.string(),
  /** Version of TensorFlow. */
  tensorflow: z.string(),
  variant: z.enum(variants),
  /** Processor architecture, as Node names it. */
  arch: z.string(),
  /** Version of the tfjs-node-gpu whose binding was compiled. */
  tfjs: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** SHA-256 of each file, hexadecimal. */
  files: z.record(z.string(), z.string()),
  /** Bytes of each file, for a quick check. */
  sizes: z.record(z.string(), z.number()),
});
type Manifest = z.infer<typeof manifestSchema>;

const manifestName = 'manifest.json';

/** Writes the manifest, the last step of an installation, with hashes of the files on disk. */
export async function writeManifest(
  folder: string,
  names: readonly string[],
  about: Pick<Manifest, 'id' | 'tensorflow' | 'variant' | 'tfjs' | 'createdAt'>,
): Promise<void> {
  const files: Record<string, string> = {};
  const sizes: Record<string, number> = {};
  for (const name of [...names].sort()) {
    files[name] = await hashFile(join(folder, name));
    sizes[name] = statSync(join(folder, name)).size;
  }
  const manifest: Manifest = { ...about, arch: process.arch, files, sizes };
  writeFileAtomic(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Undefined if the manifest is missing or invalid. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(readFileSync(join(folder, manifestName), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** The quick check at each start: names of files that are missing or have a different size. */
export function missingFiles(folder: string, manifest: Manifest): string[] {
  return Object.entries(manifest.sizes)
    .filter(([name, bytes]) => !existsSync(join(folder, name)) || statSync(join(folder, name)).size !== bytes)
    .map(([name]) => name);
}

/** The full check of `boundary doctor`: names of damaged files. Reads all of them (0.9 GB, some seconds). */
export async function damagedFiles(folder: string, manifest: Manifest): Promise<string[]> {
  const damaged: string[] = [];
  for (const [name, hash] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    if (!existsSync(path) || (await hashFile(path)) !== hash) damaged.push(name);
  }
  return damaged;
}
