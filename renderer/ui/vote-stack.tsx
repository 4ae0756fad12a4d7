import { type Votes, votesText } from './strip-votes.ts';

export interface VoteStackProps {
  whose: 'people' | 'networks';
  /** Who it is, as it is read aloud: `Simulated labelers`. */
  who: string;
  votes: Votes | null;
  /** Class i stands at the bottom, class j at the top, others between. */
  pair: readonly [number, number];
  classes: readonly string[];
  /** CSS pixels. */
  width?: number;
}

/** A share under this height shows no letter. */
const letterFrom = 0.2;
const classesShown = 4;

/** Stacked shares of the labels given to one image, with the labels' letters. */
export function VoteStack({ whose, who, votes, pair, classes, width }: VoteStackProps) {
  const total = votes?.reduce((sum, count) => sum + count, 0) ?? 0;
  const text = `${who}: ${votesText(votes, classes)}`;
  if (!votes || total === 0) {
    return (
      <div className="strip-votes" data-whose={whose} data-empty style={{ width }} role="img" aria-label={text}>
        –
      </div>
    );
  }
  return (
    <div className="strip-votes" data-whose={whose} style={{ width }} role="img" aria-label={text}>
      {partsOf(votes, pair).map(({ label, count, place }) => (
        <span key={label} data-place={place} style={{ flex: count }}>
          {count / total >= letterFrom && (classes[label] ?? String(label)).slice(0, classesShown)}
        </span>
      ))}
    </div>
  );
}

/** Labels given, from the top: class j, others by index, class i. */
function partsOf(votes: Votes, [i, j]: readonly [number, number]) {
  const place = (label: number): 'i' | 'j' | 'other' => (label === j ? 'j' : label === i ? 'i' : 'other');
  const order = { j: 0, other: 1, i: 2 };
  return votes
    .map((count, label) => ({ count, label, place: place(label) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => order[a.place] - order[b.place] || a.label - b.label);
}
