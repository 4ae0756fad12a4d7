import { Fragment } from 'react';
import type { AlongResult, FlipResult } from '../../../main/contract/api/results-charts.ts';
import { fixed } from '../../ui/numbers.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { capital, usePeople } from '../../ui/rehearsal.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Undefined } from '../../ui/values.tsx';
import { useOpenImages } from './address.ts';
import { useChoice } from './choice.tsx';
import { IntervalNote } from './interval-note.tsx';
import { QuantityText } from './quantity.tsx';

/** Flip points of people and of each group, pair by pair, with intervals and third classes. */
export function Flips({ along }: { along: AlongResult }) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = usePeople();
  const name = (k: number): string => overview.classes[k] ?? String(k);
  const columns = [people, ...along.groups.map(({ title }) => title)];
  return (
    <section className="results-section" aria-labelledby="flips">
      <h2 id="flips">
        Flip points{' '}
        <span className="soft">
          of the majority label; [95 % of where shares cross]; difference: networks minus {people}
        </span>
        <ExportMenu title="Flip points" table={() => tableOf(along, columns, name)} />
      </h2>
      <ScrollBox label="Flip points">
        <table className="plain-table quantity-table flips-table">
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                Pair
              </th>
              <th scope="col" rowSpan={2}>
                {capital(people)}
              </th>
              {along.groups.map(({ title }) => (
                <th key={title} scope="colgroup" colSpan={2}>
                  {title}
                </th>
              ))}
            </tr>
            <tr>
              {along.groups.map(({ title }) => (
                <Fragment key={title}>
                  <th scope="col">flip</th>
                  <th scope="col">difference</th>
                </Fragment>
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
                {pair.groups.map(({ flip, deltaStar }, at) => (
                  <Fragment key={columns[at + 1]}>
                    <td>
                      <FlipText flip={flip} name={name} />
                    </td>
                    <td>
                      {deltaStar === null ? (
                        <Undefined reason="one of the two has no flip point" />
                      ) : (
                        fixed(deltaStar, 2)
                      )}
                    </td>
                  </Fragment>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">Mean over pairs</th>
              <td />
              {along.deltas.map(({ star }, at) => (
                <Fragment key={along.groups[at]?.title}>
                  <td />
                  <td>
                    <QuantityText of={star} decimals={3} />
                  </td>
                </Fragment>
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
      <span className="quantity-n on-one-line">
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
      ...columns.slice(1).map((column) => `${column} minus ${columns[0]}`),
    ],
    rows: along.pairs.map((pair) => [
      `${name(pair.i)} to ${name(pair.j)}`,
      ...cells(pair.peopleFlip),
      ...pair.groups.flatMap(({ flip }) => cells(flip)),
      ...pair.groups.map(({ deltaStar }) => deltaStar),
    ]),
  };
}
