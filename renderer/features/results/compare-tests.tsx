import type { CompareResult } from '../../../main/contract/api/results-compare.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { formatFixed } from '../../../main/domain/format.ts';
import { usePeople } from '../../ui/rehearsal.tsx';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { Undefined } from '../../ui/values.tsx';
import { useOpenImages } from './address.ts';
import { IntervalNote } from './interval-note.tsx';
import { Interval, intervalCells, intervalNames, Opened } from './quantity.tsx';

type Test = CompareResult['tests'][number];

const headings = [
  ...['What', 'Difference', '95 %, pairs drawn', '95 %, images drawn', 'p', 'p, adjusted'],
  ...['Test', 'Only in first', 'Only in second', 'n, images'],
];

/** Every difference with its intervals and its test; counts open the images that are on one side only. */
export function CompareTests({ tests }: { tests: readonly Test[] }) {
  const people = usePeople();
  const named = (text: string): string => text.replace('people', people);
  const tested = tests.filter(({ p }) => p !== null).length;
  const rest = tests.length - tested;
  return (
    <section className="results-section" aria-labelledby="tests">
      <h2 id="tests">
        Differences{' '}
        <span className="soft">
          first minus second;{' '}
          {tested === 0 ? 'nothing can be tested' : `p adjusted for the ${tested} that are tested (Holm)`}
          {tested > 0 && rest > 0 && `; ${rest} cannot be`}
        </span>
        <ExportMenu title="Differences" table={() => tableOf(tests, named)} />
      </h2>
      <ScrollBox label="Differences">
        <table className="plain-table quantity-table">
          <TableHead names={headings} />
          <tbody>
            {tests.map((test) => (
              <TestRow key={test.name} test={test} name={named(test.name)} about={named(test.about)} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <IntervalNote drawn="pairs of classes or images" />
      <p className="help-note">
        Networks and {people} are taken as fixed: the tests say nothing about new training runs. Images of a pair are
        not independent of each other: trust the intervals and the tests that draw pairs. What networks alone do is
        compared on all images. Bold: below 0.05 after adjustment.
      </p>
    </section>
  );
}

function TestRow({ test, name, about }: { test: Test; name: string; about: string }) {
  const { difference, interval, p, holm, method, n, discordant } = test;
  const isBits = test.in === 'bits';
  return (
    <tr>
      <th scope="row" title={about}>
        {name}
      </th>
      <td className="on-one-line">
        {difference === null ? (
          <Undefined reason={test.undefined ?? 'there is nothing to compare'} />
        ) : (
          `${formatFixed(difference, isBits ? 4 : 1)} ${isBits ? 'bits' : '%'}`
        )}
      </td>
      {(['pair', 'image'] as const).map((unit) => (
        <td key={unit} className="on-one-line">
          <Interval of={interval[unit]} decimals={isBits ? 4 : 1} />
        </td>
      ))}
      <td>{p === null ? '' : pText(p)}</td>
      <td className={holm !== null && holm < 0.05 ? 'differs' : ''}>{holm === null ? '' : pText(holm)}</td>
      <td className="soft">{p === null ? '' : method}</td>
      <td>
        <Discordant images={discordant?.first} title={`${name}: only in the first`} />
      </td>
      <td>
        <Discordant images={discordant?.second} title={`${name}: only in the second`} />
      </td>
      <td>{n}</td>
    </tr>
  );
}

function Discordant({ images, title }: { images: readonly number[] | undefined; title: string }) {
  const open = useOpenImages();
  if (!images) return null;
  return (
    <Opened label={title} onOpen={images.length > 0 ? () => open.images(images, title) : undefined}>
      {images.length}
    </Opened>
  );
}

const pText = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toFixed(4));

const tableOf = (tests: readonly Test[], named: (text: string) => string) => ({
  columns: [
    ...['Test', 'About', 'Difference', 'In', ...intervalNames('pairs'), ...intervalNames('images')],
    ...['p', 'p adjusted (Holm)', 'Method', 'Only in first', 'Only in second', 'n', 'Not defined'],
  ],
  rows: tests.map(({ name, about, difference, in: of, interval, p, holm, method, discordant, n, ...test }) => [
    ...[named(name), named(about), difference, of, ...intervalCells(interval.pair), ...intervalCells(interval.image)],
    ...[p, holm, method, discordant?.first.length ?? null, discordant?.second.length ?? null, n],
    test.undefined,
  ]),
});
