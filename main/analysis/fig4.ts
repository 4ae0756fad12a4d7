import type { ModelGroup } from './groups.ts';
import type { HumanView } from './humans.ts';
import type { ClassifiedImages, ImageClass } from './image-classes.ts';

export type Fig4Category = 'blue' | 'white' | 'gray' | 'red' | 'undetermined';

/** The paper's Figure 4, a heatmap of images. Lists follow `meta.images`. */
export interface Fig4 {
  category: Fig4Category[];
  /** Blue: different labels of networks; red: of people; null otherwise. */
  shade: (number | null)[];
  exception: boolean[];
}

const colours: Record<ImageClass, Fig4Category> = {
  type_a: 'blue',
  both_disagree: 'white',
  both_agree: 'gray',
  type_c: 'red',
};

/** metrics.md 2.9. Images without a class (undetermined, or fewer than two models) are "undetermined". */
export function fig4(group: ModelGroup, humans: HumanView, { classes, exception }: ClassifiedImages): Fig4 {
  return {
    category: classes.map((name) => (name === null ? 'undetermined' : colours[name])),
    shade: classes.map((name, image) => {
      if (name === 'type_a') return group.votes.distinct[image]!;
      return name === 'type_c' ? humans.distinct[image]! : null;
    }),
    exception: [...exception],
  };
}
