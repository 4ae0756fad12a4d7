import type { AlongResult, FlipResult } from '../../../main/contract/api/results-charts.ts';
import { fixed } from '../../ui/numbers.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Undefined } from '../../ui/values.tsx';
import { useOpenImages } from './address.ts';
import { peopleWord, useChoice } from './choice.tsx';
import { IntervalNote } from './interval-note.tsx';
import { QuantityText } from './quantity.tsx';

/** Flip points of people and of each group, pair by pair, with intervals and third classes. */
export function Flips({ along }: { along: AlongResult }) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = peopleWord(along.rehearsal);
  const name = (k: number): string => overview.classes[k] ?? String(k);
  const columns = [people, ...along.groups.map(({ title }) => title)];
  return (
    <section className="results-section" aria-labelledby="flips">
      <h2 id="flips">
        Flip points <span className="soft">of the majority label; [95 % of where shares cross]</span>
        <ExportMenu title="Flip points" table={() => tableOf(along, columns, name)} />
      </h2>
      <ScrollBox label="Flip points">
        <table className="plain-table quantity-table">
          <thead>
            <tr>
              <th scope="col">Pair</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
              {along.groups.map(({ title }) => (
                <th key={title} scope="col">
                  {title} minus {people}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {along.pairs.map((pair) => (
              <tr key={`${pair.i}-${pair.j}`}>
                <th scope="row">
                  <button
                    type="button"
                    className="link-button"
                    onClick={() => open.images(pair.images, `${name(pair.i)} to ${name(pair.j)}`)}
                  >
                    {name(pair.i)} to {name(pair.j)}
                  </button>
                </th>
                <td>
                  <FlipText flip={pair.peopleFlip} name={name} />
                </td>
                {pair.groups.map(({ flip }, at) => (
                  <td key={columns[at + 1]}>
                    <FlipText flip={flip} name={name} />
                  </td>
                ))}
                {pair.groups.map(({ deltaStar }, at) => (
                  <td key={columns[at + 1]}>
                    {deltaStar === null ? <Undefined reason="one of the two has no flip point" /> : fixed(deltaStar, 2)}
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">Mean over pairs</th>
              <td />
              {along.groups.map(({ title }) => (
                <td key={title} />
              ))}
              {along.deltas.map(({ star }, at) => (
                <td key={along.groups[at]?.title}>
                  <QuantityText of={star} decimals={3} />
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </ScrollBox>
      <IntervalNote drawn="raters" />
    </section>
  );
}

function FlipText({ flip, name }: { flip: FlipResult | null; name: (k: number) => string }) {
  if (!flip) return <Undefined reason="nobody has labelled these images" />;
  const { star, interval, third, flips } = flip;
  return (
    <span className="quantity">
      {star === null ? (
        <Undefined reason={flip.undefined ?? 'the labels do not go from the first class to the second'} />
      ) : (
        <span className="quantity-value">{fixed(star, 2)}</span>
      )}
      <span className="quantity-n">
        {interval?.lo != null && interval.hi !== null && ` [${fixed(interval.lo, 2)} to ${fixed(interval.hi, 2)}]`}
        {flips > 1 && ` ${flips} flips`}
        {third.length > 0 && ` also ${third.map(name).join(', ')}`}
      </span>
    </span>
  );
}

function tableOf(along: AlongResult, columns: readonly string[], name: (k: number) => string) {
  const cells = (flip: FlipResult | null) => [
    ...[flip?.star ?? null, flip?.cross ?? null, flip?.interval?.lo ?? null, flip?.interval?.hi ?? null],
    ...[flip?.flips ?? null, flip?.third.map(name).join(' ') ?? ''],
  ];
  return {
    columns: [
      'Pair',
      ...columns.flatMap((column) =>
        ['flip', 'shares cross', '95 % from', '95 % to', 'flips', 'third classes'].map((part) => `${column}: ${part}`),
      ),
    ],
    rows: along.pairs.map((pair) => [
      `${name(pair.i)} to ${name(pair.j)}`,
      ...cells(pair.peopleFlip),
      ...pair.groups.flatMap(({ flip }) => cells(flip)),
    ]),
  };
}
