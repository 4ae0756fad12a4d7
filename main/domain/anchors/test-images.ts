import { UserError } from '../../contract/wire/errors.ts';
import { type TestImageChoice, usualImageCount } from '../../contract/stimuli/stimuli.ts';
import { at } from '../numbers/arrays.ts';
import { formatCount, formatInteger } from '../numbers/format.ts';
import { randomStream } from '../random/random.ts';

/** What is known of the test part of a data set. */
export interface TestPart {
  /** Positions of the images of each class. */
  readonly members: readonly (readonly number[])[];
  /** Largest softmax of the reference on each image, by position; absent: it was not asked. */
  readonly confidence?: readonly number[] | undefined;
}

/**
 * The images of a choice, as positions in the test part, ascending.
 * @throws UserError `stimuli.too-few-images`, `stimuli.no-such-image`, `stimuli.same-image`
 */
export function chooseTestImages(choice: TestImageChoice, { members, confidence }: TestPart): number[] {
  const total = members.reduce((sum, own) => sum + own.length, 0);
  if ('count' in choice && choice.count > total) throw tooFew(choice.count, total);
  switch (choice.kind) {
    case 'all':
      return ascending(members.flat());
    case 'sample':
      return ascending(balancedSample(members, choice));
    case 'hardest':
      return ascending(leastSure(confidence, total).slice(0, choice.count));
    case 'listed':
    case 'disagreed':
      checkListed(choice.positions, total);
      return ascending(choice.positions);
  }
}

const ascending = (positions: readonly number[]): number[] => positions.toSorted((a, b) => a - b);

/**
 * One image of each class in turn, in a drawn order of classes, until there are enough. A class that has no image left is
 * passed over, so that counts of classes differ by at most one where all have enough.
 */
function balancedSample(
  members: TestPart['members'],
  { count, seed }: Extract<TestImageChoice, { kind: 'sample' }>,
): number[] {
  const drawn = members.map((own, k) => randomStream(seed, 'test-images', k).shuffle([...own]));
  const classes = randomStream(seed, 'test-images', 'classes').shuffle([...members.keys()]);
  const most = Math.max(...drawn.map((own) => own.length));
  const inTurn = Array.from({ length: most }, (_, round) => classes.flatMap((k) => drawn[k]?.[round] ?? [])).flat();
  return inTurn.slice(0, count);
}

function leastSure(confidence: TestPart['confidence'], total: number): number[] {
  if (confidence?.length !== total) throw new Error('the reference was not asked about all test images');
  return [...confidence.keys()].sort((a, b) => at(confidence, a) - at(confidence, b) || a - b);
}

function checkListed(positions: readonly number[], total: number): void {
  const other = positions.find((position) => position >= total);
  if (other !== undefined) {
    throw new UserError(
      'stimuli.no-such-image',
      `There is no test image ${formatInteger(other)}: the data set has ${formatInteger(total)}, and the first is 0`,
      'stimuli.choose.positions',
      'Name images by their position in the test part, from 0.',
    );
  }
  const seen = new Set<number>();
  const twice = positions.find((position) => seen.size === seen.add(position).size);
  if (twice === undefined) return;
  throw new UserError(
    'stimuli.same-image',
    `Test image ${formatInteger(twice)} is listed twice`,
    'stimuli.choose.positions',
    'List each image once.',
  );
}

const tooFew = (count: number, total: number): UserError =>
  new UserError(
    'stimuli.too-few-images',
    `${formatCount(count, 'test image')} are asked for, and the data set has ${formatInteger(total)}`,
    'stimuli.choose.count',
    'Ask for fewer, or for all.',
  );

/** Which test images are proposed. @param total how many there are; null: not known yet */
export const usualTestImages = (total: number | null): Extract<TestImageChoice, { kind: 'sample' }> => ({
  kind: 'sample',
  count: usualImageCount(total),
  seed: 1,
});
