import { useState } from 'react';
import { BoundaryStrip } from '../../../renderer/ui/images/boundary-strip.tsx';
import { imageSize, picture } from './images.ts';

const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const alphas = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Of `total`, so many for 8, some for 5 in the middle, the others for 3. */
function votes(total: number, eights: number, fives: number): number[] {
  return classes.map((_, label) => ({ 3: total - eights - fives, 5: fives, 8: eights })[label] ?? 0);
}

const images = alphas.map((alpha, index) => ({
  alpha,
  pixels: picture(index),
  people: votes(10, Math.round(10 * Math.max(0, alpha - 0.2) ** 0.8), index === 4 ? 2 : 0),
  networks: votes(9, alpha > 0.65 ? 9 : alpha > 0.45 ? 4 : 0, index === 5 ? 2 : 0),
}));

export function Strip() {
  const [opened, setOpened] = useState<number | null>(null);
  const shared = { pair: [3, 8], classes, imageSize } as const;
  return (
    <>
      <section aria-label="Votes">
        <BoundaryStrip {...shared} images={images} rehearsal onOpen={setOpened} />
      </section>
      <section aria-label="No votes">
        <BoundaryStrip {...shared} images={images.map((image) => ({ ...image, people: null, networks: null }))} />
      </section>
      <output>{opened === null ? 'none opened' : `opened ${opened}`}</output>
    </>
  );
}
