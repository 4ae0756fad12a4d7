import type { BoardRow } from '../../../../main/contract/labeling/board.ts';

export const mediumWords: Record<BoardRow['medium'], string> = {
  screen: 'This computer',
  kit: 'Another computer',
  paper: 'Paper',
};

const stateWords: Record<BoardRow['state'], string> = {
  planned: 'Not begun',
  active: 'Under way',
  finished: 'Finished',
  declined: 'Declined',
};

/** Whether somebody is to come, at it or done; and how it ended. */
export function stateOf({ state, imagesLeft, excluded }: BoardRow): string {
  if (excluded !== null) return 'Excluded';
  return imagesLeft === null ? stateWords[state] : 'Time up';
}

const kindWords = { real: 'images', repeat: 'images', attention: 'images', practice: 'practice' } as const;

/** Where a person is, without what they see. */
export function placeOf({ at, blocks, answered }: BoardRow): string {
  if (!at || answered === 0) return '';
  if (at.kind === 'practice') return kindWords.practice;
  return blocks > 1 ? `block ${at.block} of ${blocks}` : kindWords[at.kind];
}
