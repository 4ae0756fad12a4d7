import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { randomStream } from '../../../main/domain/random/random.ts';

/** Image folders that tests make, without fonts or files from elsewhere. */

/** The letters A to Z, five columns of seven pixels each, the lowest bit on top. */
const font =
  '7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e4149497a 7f0808087f 00417f4100 2040413f01 ' +
  '7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e 7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 ' +
  '3f4040403f 1f2040201f 3f4038403f 6314081463 0708700807 6151494543';
const columns = font.split(' ').map((letter) => [...Buffer.from(letter, 'hex')]);
export const letters: readonly string[] = columns.map((_, index) => String.fromCharCode(65 + index));

/** Whether a point lies in a letter. @param x @param y 0 to 1 within its box */
const isInk = (letter: number, x: number, y: number): boolean =>
  x >= 0 && x < 1 && y >= 0 && y < 1 && (((columns[letter]?.[Math.floor(x * 5)] ?? 0) >> Math.floor(y * 7)) & 1) === 1;

/** Gray pictures of the 26 letters in `<letter>/<n>.png`, of several sizes, turned by up to 12 degrees and shifted. */
export function writeLetters(folder: string, perLetter: number): void {
  const random = randomStream(1, 'letters');
  for (const [letter, name] of letters.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let index = 0; index < perLetter; index++) {
      const side = 24 + Math.floor(random.float() * 25);
      const angle = ((random.float() * 2 - 1) * 12 * Math.PI) / 180;
      const [dx, dy] = [random.float() * 0.1 - 0.05, random.float() * 0.1 - 0.05];
      const pixels = new Uint8Array(side * side);
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let k = 0; k < pixels.length; k++) {
        let ink = 0;
        for (let part = 0; part < 4; part++) {
          const x = ((k % side) + 0.25 + 0.5 * (part % 2)) / side - 0.5 - dx;
          const y = (Math.floor(k / side) + 0.25 + 0.5 * (part >> 1)) / side - 0.5 - dy;
          if (isInk(letter, (x * cos + y * sin) / 0.64 + 0.5, (y * cos - x * sin) / 0.8 + 0.5)) ink++;
        }
        pixels[k] = Math.round((255 * ink) / 4);
      }
      write(join(folder, name, `${index}.png`), side, 1, pixels);
    }
  }
}

/** Colored pictures in `<class>/<n>.png`: the hue is the class, brightness and noise differ. */
export function writeColors(folder: string, classes: readonly string[], perClass: number, side = 16): void {
  const random = randomStream(2, 'colors');
  for (const [label, name] of classes.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    const hue = label / classes.length;
    const color = [0, 1, 2].map((channel) => 0.5 + 0.5 * Math.cos(2 * Math.PI * (hue - channel / 3)));
    for (let index = 0; index < perClass; index++) {
      const [left, top] = [random.float() * side * 0.4, random.float() * side * 0.4];
      const bright = 150 + random.float() * 100;
      const pixels = new Uint8Array(side * side * 3);
      for (let k = 0; k < side * side; k++) {
        const [x, y] = [k % side, Math.floor(k / side)];
        const inside = x >= left && x < left + side * 0.6 && y >= top && y < top + side * 0.6;
        for (let channel = 0; channel < 3; channel++) {
          const value = (inside ? bright * (color[channel] ?? 0) : 40) + random.float() * 30;
          pixels[3 * k + channel] = Math.min(255, Math.round(value));
        }
      }
      write(join(folder, name, `${index}.png`), side, 3, pixels);
    }
  }
}

const write = (path: string, side: number, channels: 1 | 3, data: Uint8Array): void =>
  writeFileSync(path, encode({ width: side, height: side, depth: 8, channels, data }));
