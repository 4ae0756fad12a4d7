import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { layOutStimuli, type StimulusSet } from '../../../main/domain/stimuli/stimulus-set.ts';
import { encodePng } from '../../../main/files/png.ts';

/** Two pairs at three alphas: six images of 4x3 pixels. */
export function smallStimuli(): StimulusSet {
  const images = layOutStimuli(
    [
      [0, 1],
      [2, 7],
    ],
    alphas(3),
  );
  return {
    width: 4,
    height: 3,
    channels: 1,
    images,
    pixels: Uint8Array.from({ length: 72 }, (_, k) => (k * 37) % 256),
  };
}

/** The same places with images in color. */
export function colorStimuli(): StimulusSet {
  const { pixels: _, ...gray } = smallStimuli();
  return { ...gray, channels: 3, pixels: Uint8Array.from({ length: 216 }, (_each, k) => (k * 37) % 256) };
}

export const png = (width = 2, height = 1, value = 9): Uint8Array =>
  encodePng({ channels: 1, width, height, pixels: new Uint8Array(width * height).fill(value) });

/** One pixel in color. */
export const colorPng = (...pixels: [red: number, green: number, blue: number]): Uint8Array =>
  encodePng({ channels: 3, width: 1, height: 1, pixels: Uint8Array.from(pixels) });

export const manifest = (...rows: string[]): Uint8Array =>
  Buffer.from(['image,file,pair_i,pair_j,alpha', ...rows, ''].join('\n'));

export type FileMap = Record<string, Uint8Array>;

/** Temporary folders, all removed by `remove`. */
export class Workplace {
  readonly root = mkdtempSync(join(tmpdir(), 'stimuli-'));
  #made = 0;

  path(name: string): string {
    return join(this.root, name);
  }

  folder(files: FileMap): string {
    const folder = this.path(`set-${this.#made++}`);
    mkdirSync(folder);
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return folder;
  }

  zip(files: Zippable): string {
    return this.file(zipSync(files));
  }

  file(bytes: Uint8Array): string {
    const path = this.path(`set-${this.#made++}.zip`);
    writeFileSync(path, bytes);
    return path;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
