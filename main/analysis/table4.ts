import type { ModelGroup } from './groups.ts';
import type { ClassifiedImages, ImageClass } from './image-classes.ts';
import { spreadOf, type Spread } from './spread.ts';

/**
 * The paper's Table 4: for each image class, the spread of max_k p over all (model, image) values pooled, a fraction;
 * n = models * images of the class (SPEC 2.5; pooling inferred from the paper's "across all predictions").
 * @param maxSoftmax `[model][image]` of all models; the group's members are indices into it.
 */
export function table4(
  group: ModelGroup,
  maxSoftmax: Float32Array | Float64Array,
  { classes }: ClassifiedImages,
): Record<ImageClass, Spread> {
  const spreadOfClass = (wanted: ImageClass): Spread => {
    const images = classes.flatMap((name, image) => (name === wanted ? [image] : []));
    return spreadOf(images.length * group.members.length, (add) => {
      for (const model of group.members) for (const image of images) add(maxSoftmax[model * classes.length + image]!);
    });
  };
  return {
    type_a: spreadOfClass('type_a'),
    both_disagree: spreadOfClass('both_disagree'),
    both_agree: spreadOfClass('both_agree'),
    type_c: spreadOfClass('type_c'),
  };
}
