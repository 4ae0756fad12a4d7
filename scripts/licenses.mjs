/** `licenses.txt` of the page: the licenses of all packages that the program runs with, from the installed packages. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/root.mjs';

/** Parts of the program that are no npm package, or that a package brings without naming their license. */
const others = `Libraries inside packages

libvips and the libraries that it uses come ready-made in the packages @img/sharp-libvips-*, under LGPL 3.0 or later and
the licenses below. The program loads them as files of their own, beside its archive, where they can be replaced.

ONNX Runtime (MIT) comes in the package onnxruntime-node, Dawn (BSD 3-Clause) in webgpu, SQLite (public domain) in
better-sqlite3.

TensorFlow (Apache License 2.0) is no part of the program: set-up downloads it for each user, with its license. Electron
(MIT) and Chromium bring their licenses as files beside the program.`;

/** @returns {import('vite').Plugin} */
export function programLicenses() {
  return {
    name: 'program-licenses',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: licenses() });
    },
  };
}

/** @returns {string} each license once, with the packages that have it @throws {Error} for a package without a license */
export function licenses() {
  /** @type {Map<string, string[]>} packages by text */
  const packages = new Map();
  for (const { name, text } of installedPackages()) packages.set(text, [...(packages.get(text) ?? []), name]);
  const parts = [...packages].map(([text, names]) => `${[...new Set(names)].join('\n')}\n\n${text}`);
  const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  return `${[`Boundary Workbench\n\n${own}`, others, ...libvips(), ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Installed packages that the program needs, without those of its workshop. */
function installedPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.keys(packages)
    .filter((path) => path !== '' && !packages[path].dev && existsSync(join(root, path, 'package.json')))
    .map((path) => {
      const { name, version, license, author } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      const holder = author?.name ?? author ?? `the authors of ${name}`;
      return { name: `${name} ${version} (${license})`, text: licenseText(join(root, path), license, name, holder) };
    });
}

/**
 * The license file of a package, else the standard text. @param {string} folder @param {string} id @param {string} name
 * @param {string} holder of the copyright
 */
function licenseText(folder, id, name, holder) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  const texts = String(id)
    .split(' AND ')
    .map((each) => join(root, 'scripts', 'licenses', `${each}.txt`));
  const missing = texts.find((text) => !existsSync(text));
  if (missing) throw new Error(`${name} has no license file, and there is no ${missing}.`);
  const filled = texts.map((text) => readFileSync(text, 'utf8').trim().replace('<year> <copyright holders>', holder));
  return filled.join('\n\n');
}

/** Versions and licenses of the libraries in libvips, as its packages name them. */
function libvips() {
  const folder = join(root, 'node_modules', '@img');
  const installed = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('sharp-libvips')) : [];
  return installed.flatMap((name) => {
    const [readme, versions] = [join(folder, name, 'README.md'), join(folder, name, 'versions.json')];
    return [readme, versions].every(existsSync)
      ? [[readme, versions].map((path) => readFileSync(path, 'utf8').trim()).join('\n\n')]
      : [];
  });
}
