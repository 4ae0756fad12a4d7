import { targetTitle } from '../../../domain/numbers/index.ts';
import { isPlaced } from '../../../domain/stimuli/index.ts';
import type { ImageColumn } from '../../../exhibits/index.ts';
import { orWhy, type StudyView, undefinedCell } from '../../../exhibits/parts/index.ts';
import { groupOfKind, peopleOfKind } from '../analysis/part.ts';

/** What only answers of this kind have of each image. */
export function columnsOfKind(study: StudyView): ImageColumn[] {
  const { sets, ratings } = peopleOfKind(study.humans ?? {});
  if (sets)
    return [
      {
        column: { name: 'A class that all name' },
        cell: (image) => {
          const found = sets.compatible[image] ?? null;
          return found === null ? undefinedCell(fewerThanTwo) : found ? 'yes' : 'no';
        },
      },
      ...study.groups.map(({ target, group }) => ({
        column: { name: `Answers that name a network’s label, %; networks at ${targetTitle(target)}`, decimals: 1 },
        cell: (image: number) => orWhy(groupOfKind(group).covered_pct?.[image], 'Nobody answered about this image.'),
      })),
    ];
  if (!ratings || !study.context().input.images.some(isPlaced)) return [];
  const { n, mean, sd } = ratings.score;
  return [
    { column: { name: 'People who rated both classes' }, cell: (image) => n[image] ?? 0 },
    {
      column: { name: 'Rating of the second class less that of the first', decimals: 3 },
      cell: (image) => orWhy(mean[image], 'Nobody rated both classes of the pair.'),
    },
    { column: { name: 'Standard deviation of it', decimals: 3 }, cell: (image) => orWhy(sd[image], fewerThanTwo) },
  ];
}

const fewerThanTwo = 'Fewer than two people answered about this image.';
