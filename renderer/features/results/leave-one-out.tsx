import type { PeopleAlone } from '../../../main/contract/api/results.ts';
import { formatCount } from '../../../main/domain/format.ts';

export interface LeaveOneOutProps {
  of: PeopleAlone['leaveOneOut'];
  /** Who labelled. */
  people: string;
}

/** On how many images people disagree with any one of them left out. */
export function LeaveOneOut({ of, people }: LeaveOneOutProps) {
  // Of two, nobody is left to disagree.
  if (of.length < 3) return null;
  return (
    <>
      With one labeler left out, {people} disagree on {imagesText(of.map(({ disagree }) => disagree))}.
    </>
  );
}

function imagesText(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? formatCount(most, 'image') : `${least} to ${formatCount(most, 'image')}`;
}
