import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CompareResult } from '../../../main/contract/api/results-compare.ts';
import { typeNames as allTypes } from '../../../main/contract/api/results-parts.ts';
import { useApi } from '../../client/context.tsx';
import { RehearsalMark, TypeBadge } from '../../ui/badges.tsx';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { fixed } from '../../ui/numbers.ts';
import { peopleWord, RehearsalProvider, usePeople } from '../../ui/rehearsal.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Undefined } from '../../ui/values.tsx';
import { Answered } from './answered.tsx';
import { groupOf, groupText, labelersOf, useOpenImages, useParameters } from './address.ts';
import { useChoice, usualOther, useView } from './choice.tsx';
import { IntervalNote } from './interval-note.tsx';
import { GroupPicker, LabelersPicker } from './pickers.tsx';
import { Opened } from './quantity.tsx';
import { typeMeaning, typeName } from './type-names.ts';

/** Two groups, targets, studies or subsets of labelers: differences, tests, and which images changed type. */
export function CompareView() {
  const api = useApi();
  const input = useView();
  const { overview, study } = useChoice();
  const [parameters, change] = useParameters();
  const otherStudy = parameters.get('study2') ?? study;
  const studies = useQuery(api.studies.list.queryOptions({ input: {} }));
  const second = useQuery(api.results.overview.queryOptions({ input: { study: otherStudy } }));
  const known = second.data ?? overview;
  const other = groupOf(parameters.get('other')) ?? usualOther(known, input.group);
  const labelers = labelersOf(parameters.get('labelers2'));
  const isSame =
    otherStudy === study && groupText(other) === groupText(input.group) && String(labelers) === String(input.labelers);
  const compared = useQuery(
    api.results.compare.queryOptions({
      input: { a: input, b: { study: otherStudy, labelers, group: other } },
      enabled: second.data !== undefined && !isSame,
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <>
      <div className="compare-with">
        <span className="compare-word">with</span>
        <Select
          label="Study"
          w={200}
          allowDeselect={false}
          data={(studies.data?.studies ?? []).map(({ name, title }) => ({ value: name, label: title }))}
          value={otherStudy}
          onChange={(value) => change({ study2: value === study ? null : value, other: null, labelers2: null }, true)}
        />
        <GroupPicker
          label="Second networks"
          overview={known}
          group={other}
          onGroup={(group) => change({ other: groupText(group) }, true)}
        />
        <LabelersPicker
          label="Second labelers"
          overview={known}
          labelers={labelers}
          onLabelers={(ids) => change({ labelers2: ids === null ? null : ids.join(',') }, true)}
        />
      </div>
      {isSame && (
        <p className="help-note">
          Both sides are the same: choose other networks, labelers or another study to compare with.
        </p>
      )}
      {!isSame && <Answered query={compared}>{(data) => <Compared result={data} />}</Answered>}
    </>
  );
}

function Compared({ result }: { result: CompareResult }) {
  const { a, b, images } = result;
  if (result.undefined !== null)
    return <p className="help-note">They cannot be compared image by image: {result.undefined}.</p>;
  return (
    <RehearsalProvider value={a.rehearsal || b.rehearsal}>
      <p className="compare-sides">
        First: <Side side={a} />. Second: <Side side={b} />. n = {images} images with a type on both sides.
      </p>
      <Tests result={result} />
      <Transitions result={result} />
    </RehearsalProvider>
  );
}

function Side({ side: { title, models, labelers, rehearsal } }: { side: CompareResult['a'] }) {
  return (
    <>
      {title}, {models} networks, {labelers} {rehearsal ? peopleWord(rehearsal) : 'labelers'}{' '}
      {rehearsal && <RehearsalMark />}
    </>
  );
}

function Tests({ result: { tests } }: { result: CompareResult }) {
  const people = usePeople();
  const named = (name: string): string => name.replace('people', people);
  const table = () => ({
    columns: [
      'Test',
      'About',
      'Drawn',
      'Difference',
      'In',
      '95 % from',
      '95 % to',
      'p',
      'p adjusted (Holm)',
      'Method',
      'n',
    ],
    rows: tests.map(({ name, about, unit, difference, in: of, interval, p, holm, method, n }) => [
      ...[
        named(name),
        named(about),
        unit,
        difference,
        of,
        interval?.lo ?? null,
        interval?.hi ?? null,
        p,
        holm,
        method,
        n,
      ],
    ]),
  });
  return (
    <section className="results-section" aria-labelledby="tests">
      <h2 id="tests">
        Differences <span className="soft">first minus second; p adjusted for all {tests.length} tests (Holm)</span>
        <ExportMenu title="Differences" table={table} />
      </h2>
      <ScrollBox label="Differences">
        <table className="plain-table quantity-table">
          <thead>
            <tr>
              {['What', 'Drawn', 'Difference', '95 % interval', 'p', 'p, adjusted', 'Test', 'n'].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tests.map((test) => (
              <tr key={`${test.name} ${test.unit} ${test.method}`}>
                <th scope="row" title={named(test.about)}>
                  {named(test.name)}
                </th>
                <td>{test.unit === 'pair' ? 'pairs' : 'images'}</td>
                <td className="on-one-line">
                  {test.difference === null ? (
                    <Undefined reason={test.undefined ?? 'there is nothing to compare'} />
                  ) : (
                    `${fixed(test.difference, test.in === 'bits' ? 4 : 1)} ${test.in === 'bits' ? 'bits' : '%'}`
                  )}
                </td>
                <td className="on-one-line">
                  {test.interval?.lo != null && test.interval.hi !== null
                    ? `${fixed(test.interval.lo, 2)} to ${fixed(test.interval.hi, 2)}`
                    : ''}
                </td>
                <td>{test.p === null ? '' : pText(test.p)}</td>
                <td className={test.holm !== null && test.holm < 0.05 ? 'differs' : ''}>
                  {test.holm === null ? '' : pText(test.holm)}
                </td>
                <td className="soft">{test.method}</td>
                <td>{test.n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <IntervalNote drawn="pairs of classes" units={tests.find(({ interval }) => interval)?.interval?.units} />
      <p className="help-note">
        Networks and {people} are taken as fixed: the tests say nothing about new training runs. Images of a pair are
        not independent of each other: trust the tests that draw pairs. Bold: below 0.05 after adjustment.
      </p>
    </section>
  );
}

const pText = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toFixed(4));

/** Which images have which type on each side. */
function Transitions({ result: { transitions, changed } }: { result: CompareResult }) {
  const open = useOpenImages();
  const people = usePeople();
  const of = (a: string, b: string): number[] => transitions.find((each) => each.a === a && each.b === b)?.images ?? [];
  return (
    <section className="results-section" aria-labelledby="changed">
      <h2 id="changed">
        Types on both sides{' '}
        <span className="soft">
          <Opened
            label="changed type"
            onOpen={
              changed.length > 0
                ? () =>
                    open.images(
                      changed.map(({ image }) => image),
                      'Images that changed type',
                    )
                : undefined
            }
          >
            {changed.length} images
          </Opened>{' '}
          changed type
        </span>
      </h2>
      <table className="plain-table transitions">
        <thead>
          <tr>
            <th scope="col">First \ second</th>
            {allTypes.map((type) => (
              <th key={type} scope="col">
                <TypeBadge type={type} /> {typeMeaning(type, people)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {allTypes.map((a) => (
            <tr key={a}>
              <th scope="row">
                <TypeBadge type={a} /> {typeMeaning(a, people)}
              </th>
              {allTypes.map((b) => {
                const images = of(a, b);
                return (
                  <td key={b} className={a === b ? 'soft' : ''}>
                    <Opened
                      label={`${typeName(a, people)}, then ${typeName(b, people)}`}
                      onOpen={
                        images.length > 0
                          ? () => open.images(images, `${typeName(a, people)}, then ${typeName(b, people)}`)
                          : undefined
                      }
                    >
                      {images.length}
                    </Opened>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
