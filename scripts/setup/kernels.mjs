/** Compiles the wasm engine's AssemblyScript kernels to out/kernels, with and without relaxed SIMD. Takes seconds. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetUpError } from './set-up-error.mjs';

const sourceFolder = ['main', 'training', 'engines', 'wasm', 'assembly'];

/** The memory is another module's heap. A data section would overwrite it: no runtime, strings or assertions. */
const options = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--importMemory',
  '--initialMemory',
  '1',
  '--enable',
  'simd',
];

/** File names and their additional options. */
const modules = {
  'relaxed.wasm': ['--enable', 'relaxed-simd'],
  'base.wasm': [],
};

/** @param {string} root */
const outputFolder = (root) => join(root, 'out', 'kernels');

/** @param {string} root @returns {Record<string, string>} texts by name */
function readSources(root) {
  const folder = join(root, ...sourceFolder);
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** @param {string} root @returns {string} hash of sources, options and compiler */
function fingerprint(root) {
  const compiler = readFileSync(join(root, 'node_modules', 'assemblyscript', 'package.json'), 'utf8');
  const parts = [readSources(root), options, modules, JSON.parse(compiler).version];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Whether the modules match the current sources; true if there are no sources. @param {string} root */
export function kernelsAreBuilt(root) {
  if (!existsSync(join(root, ...sourceFolder, 'index.ts'))) return true;
  const folder = outputFolder(root);
  const stamp = join(folder, 'sources.sha256');
  const complete = Object.keys(modules).every((name) => existsSync(join(folder, name)));
  return complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(root);
}

/** Compiles both modules; the stamp is last, so an interrupted build is repeated. @param {string} root */
export async function buildKernels(root) {
  const folder = outputFolder(root);
  const sources = readSources(root);
  const stamp = fingerprint(root);
  mkdirSync(folder, { recursive: true });
  const { main } = await import(pathToFileURL(join(root, 'node_modules/assemblyscript/dist/asc.js')).href);
  for (const [name, more] of Object.entries(modules)) {
    const replace = (/** @type {string} */ file, /** @type {string | Uint8Array} */ contents) => {
      const temporary = join(folder, `${file}.${process.pid}.tmp`);
      writeFileSync(temporary, contents);
      renameSync(temporary, join(folder, file));
    };
    const { error, stderr } = await main(['index.ts', ...options, ...more, '--outFile', name], {
      readFile: (/** @type {string} */ file) => sources[file] ?? null,
      writeFile: replace,
      listFiles: () => [],
    });
    if (error) {
      const remedy = 'Restore main/training/engines/wasm/assembly and start again.';
      throw new SetUpError('The kernels of the wasm engine could not be compiled.', remedy, stderr.toString());
    }
    if (Object.keys(modules).at(-1) === name) replace('sources.sha256', stamp);
  }
}
