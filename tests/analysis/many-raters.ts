import { GroupJackknife } from '../../main/analysis/claims/jackknife.ts';
import type { LabelMatrix } from '../../main/analysis/labels/labels.ts';
import { paperPairs } from '../../main/domain/anchors/pair-design.ts';
import { randomStream } from '../../main/domain/random/random.ts';

/** A group of very many, with whom leaving each out takes minutes. */
export function manyRaters(): GroupJackknife {
  const images = Array.from({ length: 2000 }, (_, id) => {
    const [pairI, pairJ] = paperPairs[id % 15] ?? [0, 1];
    return { id, pairI, pairJ, alpha: 0.5 };
  });
  const randomLabels = (raters: number): Int16Array => {
    const random = randomStream(raters, 'labels');
    return Int16Array.from({ length: raters * 2000 }, () => random.int(2));
  };
  const labels = (raters: number): LabelMatrix => ({
    raters,
    images: 2000,
    classes: 10,
    values: randomLabels(raters),
  });
  const blocks = Array.from({ length: 1000 }, (_, network) => `n${network}`);
  return new GroupJackknife({
    images,
    people: labels(300),
    networks: labels(1000),
    blocks,
    readSoftmax: null,
  });
}
