import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { freezeImported } from '../../contributions/sets/freeze.ts';
import { hash, study } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab, type TestLab } from '../lab/lab-helper.ts';

export const studyName = 'small';
export const size = { width: 6, height: 5, channels: 3 as const };
export const length = 90;
export const count = 4;
/** From red to blue, darker below: no pixel is gray. */
export const pixels = Uint8Array.from({ length: count * length }, (_, at) => {
  const [image, y, channel] = [Math.floor(at / length), Math.floor((at % length) / 18), at % 3];
  const color = [200 - 40 * image, 10, 60 + 40 * image];
  return (color[channel] ?? 0) - 2 * y;
});
export const imagePixels = (image: number): Uint8Array => pixels.slice(image * length, (image + 1) * length);

export const dataSet = (channels: 1 | 3, side = size) => ({
  hash: hash(1),
  source: { source: 'mnist' as const },
  name: 'small',
  classes: ['Äpfel', 'pears', 'plums'],
  trainCount: 1,
  testCount: 1,
  width: side.width,
  height: side.height,
  channels,
  mean: new Array<number>(channels).fill(0),
  std: new Array<number>(channels).fill(1),
});

/** The images as a folder of PNGs that another program wrote. @param channels what the manifest says of them */
export async function otherProgramsFolder(channels: number | null = null): Promise<string> {
  const folder = join(temporaryFolder(), 'set');
  mkdirSync(folder);
  for (let image = 0; image < count; image++) {
    const { width, height } = size;
    await sharp(imagePixels(image), { raw: { width, height, channels: 3 } }).toFile(join(folder, `${image}.png`));
  }
  const rows = Array.from(
    { length: count },
    (_, k) => `${k},${k}.png,0,1,${k / (count - 1)}${channels ? `,${channels}` : ''}`,
  );
  const header = `image,file,pair_i,pair_j,alpha${channels ? ',channels' : ''}`;
  writeFileSync(join(folder, 'manifest.csv'), [header, ...rows, ''].join('\n'));
  return folder;
}

/** A study with the set in color. */
export async function colorLab(): Promise<TestLab & { setHash: string }> {
  const opened = openLab();
  const { workbench } = opened.lab;
  const { setHash } = await freezeImported(workbench, {
    path: await otherProgramsFolder(),
    folder: '',
    dataSet: dataSet(3),
  });
  const id = workbench.storage.studies.put(studyName, { ...study(), name: studyName, models: [] }, 1);
  workbench.storage.studies.useStimuli(id, setHash, 1);
  return { ...opened, setHash };
}

/** A plan without anything but the images. */
export const bare = { practice: 0, attention: 0, repeats: 0, order: { seed: 5, apart: 1, blocks: 1 }, people: 1 };
