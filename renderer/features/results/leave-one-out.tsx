import type { PeopleAlone } from '../../../main/contract/api/results-people.ts';

export interface LeaveOneOutProps {
  of: PeopleAlone['leaveOneOut'];
  /** Who labelled. */
  people: string;
}

/** On how many images people disagree with any one of them left out. */
export function LeaveOneOut({ of, people }: LeaveOneOutProps) {
  if (of.length === 0) return null;
  return (
    <>
      With one labeler left out, {people} disagree on {leastMost(of.map(({ disagree }) => disagree))} images.
    </>
  );
}

function leastMost(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least} to ${most}`;
}
