import type { ClassifiedImages, ImageClass } from './image-classes.ts';
import type { SoftmaxRows } from './softmax-pass.ts';
import { spreadOf, type Spread } from './spread.ts';

/**
 * The paper's Table 4: for each image class, the spread of max_k p over all (model, image) values pooled, a fraction;
 * n = models * images of the class (metrics.md 2.5; pooling inferred from the paper's "across all predictions").
 * @param tops largest softmax of each image, a list a model.
 */
export function table4(tops: readonly SoftmaxRows[], { classes }: ClassifiedImages): Record<ImageClass, Spread> {
  const spreadOfClass = (wanted: ImageClass): Spread => {
    const images = classes.flatMap((name, image) => (name === wanted ? [image] : []));
    return spreadOf(images.length * tops.length, (add) => {
      for (const top of tops) for (const image of images) add(top[image]!);
    });
  };
  return {
    type_a: spreadOfClass('type_a'),
    both_disagree: spreadOfClass('both_disagree'),
    both_agree: spreadOfClass('both_agree'),
    type_c: spreadOfClass('type_c'),
  };
}
