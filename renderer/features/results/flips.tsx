import type { AlongResult, FlipResult } from '../../../main/contract/api/results-charts.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { formatFixed } from '../../../main/domain/format.ts';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { Undefined } from '../../ui/values.tsx';
import { useOpenImages } from './address.ts';
import { useChoice } from './choice.tsx';
import { flipTable } from './flip-table.ts';
import { IntervalNote } from './interval-note.tsx';
import { Interval, QuantityText } from './quantity.tsx';
import { QuantityTable } from './quantity-table.tsx';

type Pair = AlongResult['pairs'][number];

const headings = [
  ...['Pair', 'Who', 'Flip point α*', 'α* one by one', 'Shares cross at [95 %]', 'Third classes'],
  ...['α* minus people’s', 'Size of it', 'Crossing minus people’s'],
];

/** Flip points of people and of each group, pair by pair: of the majority, of each rater, and of the shares. */
export function Flips({ along }: { along: AlongResult }) {
  const { overview } = useChoice();
  const people = usePeople();
  const name = (k: number): string => overview.classes[k] ?? String(k);
  const whose = people.endsWith('s') ? `${people}’` : `${people}’s`;
  const shown = headings
    .slice(0, along.labelers > 0 && along.groups.length > 0 ? headings.length : 6)
    .map((name) => name.replace('people’s', whose));
  return (
    <section className="results-section" aria-labelledby="flips">
      <h2 id="flips">
        Flip points{' '}
        <span className="soft">
          α*: of the majority label. Crossing: where as many labels{along.groups.length > 0 && ', or as much softmax,'}{' '}
          are for the second class as for the first
        </span>
        <ExportMenu title="Flip points" table={() => flipTable(along, people, name)} />
      </h2>
      <ScrollBox label="Flip points">
        <table className="plain-table quantity-table flips-table">
          <TableHead names={shown} />
          {along.pairs.map((pair) => (
            <PairRows key={`${pair.i}-${pair.j}`} {...{ along, pair, name, people }} />
          ))}
        </table>
      </ScrollBox>
      {(along.groups.length > 0 || along.pairs.some(hasInterval)) && <IntervalNote drawn="raters" />}
      <p className="help-note">
        α* has no interval: the analysis defines one for the crossing alone, as α* moves in the steps of the images. How
        far raters lie apart is told by their own α*, one by one.
      </p>
      {along.labelers > 0 && along.groups.length > 0 && <Differences along={along} />}
    </section>
  );
}

const hasInterval = ({ peopleFlip }: Pair): boolean => peopleFlip?.interval?.lo != null;

interface PairRowsProps {
  along: AlongResult;
  pair: Pair;
  name: (k: number) => string;
  people: string;
}

/** Without labelers there is nothing of people, and no difference from them. */
function PairRows({ along, pair, name, people }: PairRowsProps) {
  const open = useOpenImages();
  const title = `${name(pair.i)} to ${name(pair.j)}`;
  const withPeople = along.labelers > 0;
  const pairCell = (
    <th scope="rowgroup" rowSpan={(withPeople ? 1 : 0) + pair.groups.length}>
      <button type="button" className="link-button" onClick={() => open.images(pair.images, title)}>
        {title}
      </button>
    </th>
  );
  return (
    <tbody>
      {withPeople && (
        <tr>
          {pairCell}
          <th scope="row">{capitalize(people)}</th>
          <FlipCells flip={pair.peopleFlip} name={name} />
          {pair.groups.length > 0 && <td colSpan={3} />}
        </tr>
      )}
      {pair.groups.map(({ flip, deltaStar, deltaCross }, at) => (
        <tr key={along.groups[at]?.title}>
          {!withPeople && at === 0 && pairCell}
          <th scope="row">{along.groups[at]?.title}</th>
          <FlipCells flip={flip} name={name} />
          {withPeople && <DeltaCells star={deltaStar} cross={deltaCross} />}
        </tr>
      ))}
    </tbody>
  );
}

function DeltaCells({ star, cross }: { star: number | null; cross: number | null }) {
  return (
    <>
      <td>{star === null ? <Undefined reason={noFlip} /> : formatFixed(star, 2)}</td>
      <td>{star === null ? <Undefined reason={noFlip} /> : formatFixed(Math.abs(star), 2)}</td>
      <td>{cross === null ? <Undefined reason={noCross} /> : formatFixed(cross, 3)}</td>
    </>
  );
}

const noFlip = 'One of the two has no flip point.';
const noCross = 'The shares of one of the two do not cross.';

function FlipCells({ flip, name }: { flip: FlipResult | null; name: (k: number) => string }) {
  if (!flip) {
    return (
      <td colSpan={4}>
        <Undefined reason="Nobody has labelled these images yet." />
      </td>
    );
  }
  const { star, flips, third, cross, interval, individuals } = flip;
  return (
    <>
      <td>
        {star === null ? <Undefined reason={flip.undefined ?? noFlip} /> : formatFixed(star, 2)}
        {flips !== null && flips > 1 && <span className="quantity-n on-one-line"> {flips} flips</span>}
      </td>
      <td>
        <QuantityText of={individuals} decimals={2} />
      </td>
      <td>
        {cross === null ? <Undefined reason={flip.crossUndefined ?? noCross} /> : formatFixed(cross, 3)}{' '}
        <span className="quantity-n">
          <Interval of={interval} decimals={2} brackets title="95 % interval, labelers or networks drawn anew" />
        </span>
      </td>
      <td>{third.map(name).join(', ')}</td>
    </>
  );
}

/** Over pairs of classes, for each group: how far its flips are from people's, and how large that is without its sign. */
function Differences({ along: { deltas, groups } }: { along: AlongResult }) {
  const people = usePeople();
  return (
    <QuantityTable
      id="flip-differences"
      title={`Flip points, networks minus ${people}, over pairs`}
      heading="Networks"
      rows={deltas.map((delta, at) => ({ ...delta, title: groups[at]?.title ?? '' }))}
      rowName={({ title }) => title}
      columns={[
        { name: 'α*', of: ({ star }) => star, decimals: 3 },
        { name: 'α*, size', of: ({ absStar }) => absStar, decimals: 3 },
        { name: 'Crossing', of: ({ cross }) => cross, decimals: 3 },
        { name: 'Crossing, size', of: ({ absCross }) => absCross, decimals: 3 },
      ]}
    />
  );
}
