import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';

/** A small folder as model-vs-human publishes its experiments: images for models, and tables of people and models. */

export const categories = ['bear', 'boat', 'cat'] as const;
const perCategory = 4;
const head = 'subj,Session,trial,rt,object_response,category,condition,imagename';

interface Shown {
  category: string;
  /** The name without trial, experiment and person. */
  image: string;
  condition: string;
}

const shown: readonly Shown[] = categories.flatMap((category, k) =>
  Array.from({ length: perCategory }, (_, n) => {
    const condition = n % 2 === 0 ? 'cr' : 'bw';
    return { category, condition, image: `${condition}_${category}_40_n0${k}_${n}` };
  }),
);

const named = (place: number, who: string, { image }: Shown): string =>
  `${String(place + 1).padStart(4, '0')}_cl_${who}_${image}.png`;

/** Writes `datasets/colour` and `raw-data/colour` into a folder. */
export function writeToolboxFolder(root: string): void {
  const images = join(root, 'datasets', 'colour', 'dnn', 'session-1');
  const answers = join(root, 'raw-data', 'colour');
  for (const folder of [images, answers]) mkdirSync(folder, { recursive: true });
  shown.forEach((each, place) => {
    const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => (at * 7 + place * 40) % 256);
    writeFileSync(join(images, named(place, 'dnn', each)), encode({ width: 16, height: 16, channels: 3, data }));
  });
  const write = (name: string, who: string, answer: (each: Shown, place: number) => string, rows = shown): void => {
    const isPerson = name.startsWith('subject-');
    // People saw the images in another order, so that their copies have other numbers.
    const seen = isPerson ? rows.toReversed() : rows;
    const lines = seen.map((each, place) =>
      [
        name,
        1,
        place + 1,
        isPerson ? 0.8 : 'NaN',
        answer(each, place),
        each.category,
        each.condition,
        named(place, who, each),
      ].join(','),
    );
    const session = isPerson ? 'session_1' : 'session-1';
    writeFileSync(join(answers, `colour_${name}_${session}.csv`), `${[head, ...lines].join('\n')}\n`);
  };
  write('subject-01', 's01', ({ category }, place) => (place === 3 ? 'na' : category));
  write('subject-02', 's02', ({ category, condition }) => (condition === 'bw' ? 'cat' : category));
  write('resnet50', 'dnn', ({ category }) => (category === 'boat' ? 'oven' : category));
  write('vgg16', 'dnn', ({ category }) => category, shown.slice(2));
  writeFileSync(join(answers, 'accuracies.csv'), 'model,accuracy\nresnet50,0.7\n');
}
