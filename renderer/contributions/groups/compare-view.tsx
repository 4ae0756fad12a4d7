import { Button, Select, Box, Group } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import type { GroupsCalls } from '../../../main/contributions/groups/calls.ts';
import { differenceDecimals } from '../../../main/contributions/groups/contract/test.ts';
import type { CompareResult } from '../../../main/contributions/groups/contract/compare.ts';
import { type Group as ModelGroup, typeNames as allTypes } from '../../../main/contract/results/index.ts';
import type { ResultsOverview } from '../../../main/contract/api/index.ts';
import { useApi, useApiOf } from '../../client/index.ts';
import { RehearsalMark, RehearsalProvider, Term, TypeBadge, Undefined, usePeople } from '../../ui/words/index.ts';
import { HelpNote, QueryState } from '../../ui/parts/index.ts';
import {
  ClaimNote,
  defaultOther,
  GroupPicker,
  groupText,
  groupTitle,
  groupTrend,
  type GroupTrend,
  Interval,
  intervalCells,
  intervalNames,
  LabelersPicker,
  labelersText,
  networksText,
  parseGroup,
  parseLabelers,
  QueryResult,
  useChoice,
  useOpenImages,
  useParameters,
  useView,
  ValueButton,
} from '../../results/index.ts';
import { typeMeaning, typeName } from '../../../main/domain/stimuli/index.ts';
import { PartsAt } from '../../ui/places/index.ts';
import { formatFixed, peopleWord } from '../../../main/domain/numbers/index.ts';
import { ScrollBox, TableHead } from '../../ui/tables/index.ts';
import { defaultGroupIn, defaultStudy, groupsAtEqualTrend } from './second.ts';
import './groups.css';

/** What changes the comparison. */
const meta = { follows: ['studies', 'stimuli', 'predictions', 'labeling'] };

/** Two groups, targets, studies or sets of labelers: differences, tests, and images that changed type. */
export function CompareView() {
  const api = useApi();
  const groups = useApiOf<GroupsCalls>('groups');
  const input = useView();
  const { overview, study } = useChoice();
  const [parameters, change] = useParameters();
  const studies = useQuery(api.studies.list.queryOptions({ input: {} }));
  const isChosen = ['other', 'labelers2'].some((name) => parameters.has(name));
  const first = defaultStudy({ study, overview, group: input.group }, studies.data?.studies ?? []);
  const otherStudy = parameters.get('study2') ?? (isChosen ? study : first);
  const second = useQuery(api.results.overview.queryOptions({ input: { study: otherStudy } }));
  const known = second.data ?? overview;
  const other =
    parseGroup(parameters.get('other')) ?? (otherStudy === study ? defaultOther : defaultGroupIn)(known, input.group);
  const labelers = parseLabelers(parameters.get('labelers2'));
  /** Its study stays the one that is shown. */
  const changeSecond = (side: Partial<Record<'other' | 'labelers2', string | null>>): void =>
    change({ study2: otherStudy === study ? null : otherStudy, ...side }, true);
  const hasNetworks = second.data !== undefined && second.data.models.length > 0;
  const isSame =
    otherStudy === study && groupText(other) === groupText(input.group) && String(labelers) === String(input.labelers);
  const compared = useQuery(
    groups.compare.queryOptions({
      input: { a: input, b: { study: otherStudy, labelers, group: other, claim: input.claim } },
      enabled: hasNetworks && !isSame,
      placeholderData: keepPreviousData,
      meta,
    }),
  );
  return (
    <>
      <Group className="compare-with" mb="md" align="end">
        <Box component="span" c="dimmed" lh="30px">
          with
        </Box>
        <Select
          label="Study"
          w={320}
          allowDeselect={false}
          data={(studies.data?.studies ?? []).map(({ name, title }) => ({ value: name, label: title }))}
          value={otherStudy}
          onChange={(value) => change({ study2: value === first ? null : value, other: null, labelers2: null }, true)}
        />
        {hasNetworks && (
          <>
            <GroupPicker
              label="Second networks"
              overview={known}
              group={other}
              onGroup={(group) => changeSecond({ other: groupText(group) })}
            />
            <LabelersPicker
              label="Second labelers"
              overview={known}
              labelers={labelers}
              onLabelers={(ids) => changeSecond({ labelers2: ids === null ? null : ids.join(',') })}
            />
          </>
        )}
      </Group>
      {hasNetworks && (
        <EqualTrend
          first={{ overview, group: input.group }}
          second={{ overview: known, group: other }}
          isSameStudy={otherStudy === study}
          onSecond={(group) => changeSecond({ other: groupText(group) })}
        />
      )}
      {isSame && studies.data && (
        <HelpNote>Both sides are the same. Choose other networks, other labelers or another study.</HelpNote>
      )}
      <QueryState query={second} />
      {second.data && !hasNetworks && <HelpNote>This study has no predictions yet. Choose another study.</HelpNote>}
      {hasNetworks && !isSame && (
        <QueryResult query={compared}>
          {(data) => (
            <Compared
              result={{
                ...data,
                a: { ...data.a, title: groupTitle(input.group, overview) },
                b: { ...data.b, title: groupTitle(other, known) },
              }}
            />
          )}
        </QueryResult>
      )}
    </>
  );
}

interface TrendSide {
  overview: ResultsOverview;
  group: ModelGroup;
}

interface EqualTrendProps {
  first: TrendSide;
  second: TrendSide;
  isSameStudy: boolean;
  onSecond: (group: ModelGroup) => void;
}

/**
 * The trend accuracy of both sides, and the groups whose trend is nearest to the first: networks at one counted
 * target were not equally lucky.
 */
function EqualTrend({ first, second, isSameStudy, onSecond }: EqualTrendProps) {
  const [a, b] = [groupTrend(first.overview, first.group), groupTrend(second.overview, second.group)];
  const nearest = a.mean === null ? [] : groupsAtEqualTrend(a.mean, first.group, second.overview, isSameStudy);
  const others = nearest.filter(({ group }) => groupText(group) !== groupText(second.group));
  return (
    <HelpNote>
      Mean <Term of="trend">trend accuracy</Term>: first <TrendMean trend={a} />, second <TrendMean trend={b} />.{' '}
      {others.length > 0 && 'Nearest to the first in trend accuracy, not in counted accuracy: '}
      {others.map(({ group, mean }) => (
        <Button key={groupText(group)} size="compact-xs" mr={6} onClick={() => onSecond(group)}>
          Compare with {groupTitle(group, second.overview)} (trend {formatFixed(mean, 2)} %)
        </Button>
      ))}
      {others.length === 0 && nearest.length > 0 && 'These are the nearest groups in trend accuracy.'}
      {a.mean !== null && nearest.length === 0 && 'No other kind of networks has a trend accuracy to compare.'}
    </HelpNote>
  );
}

function TrendMean({ trend: { mean, known, models, onTaught } }: { trend: GroupTrend }) {
  if (mean === null) return <Undefined reason="None of these networks has enough evaluations around its snapshot" />;
  return (
    <>
      {formatFixed(mean, 2)} %{' '}
      <span className="soft">
        ({known === models ? known : `${known} of ${models}`} networks
        {onTaught > 0 && '; test images that they were taught count'})
      </span>
    </>
  );
}

function Compared({ result }: { result: CompareResult }) {
  const { a, b, images } = result;
  if (result.undefined !== null) return <HelpNote>The two sides cannot be compared. {result.undefined}</HelpNote>;
  return (
    <RehearsalProvider value={a.rehearsal || b.rehearsal}>
      <Box component="p" className="compare-sides" maw="100ch" m="14px 0">
        First: <Side side={a} />. Second: <Side side={b} />. {images} images have two labels or more on both sides.
      </Box>
      <CompareTests tests={result.tests} />
      <Transitions result={result} />
    </RehearsalProvider>
  );
}

function Side({ side }: { side: CompareResult['a'] }) {
  const { title, models } = side;
  return (
    <>
      {title}, {networksText(models)}, {labelersText(side, peopleWord(side))}
      {side.rehearsal && (
        <>
          {' '}
          <RehearsalMark />
        </>
      )}
    </>
  );
}

type Test = CompareResult['tests'][number];

const headings = [
  ...['What', 'Difference', '95 % interval', 'p', 'p, adjusted'],
  ...['Test', 'Only in first', 'Only in second', 'n, images'],
];

/** Every difference with its intervals and test. Counts open the images that differ. */
function CompareTests({ tests }: { tests: readonly Test[] }) {
  const people = usePeople();
  const named = (text: string): string => text.replace('people', people);
  const tested = tests.filter(({ p }) => p !== null).length;
  const rest = tests.length - tested;
  const sizes = [...new Set(tests.flatMap((test) => test.sizes ?? []))];
  return (
    <section className="results-section" aria-labelledby="tests">
      <h2 id="tests">
        Differences{' '}
        <span className="soft">
          first minus second; {tested === 0 ? 'none can be tested' : `p adjusted for ${tested} tests (Holm)`}
          {tested > 0 && rest > 0 && `; ${rest} without a test`}
        </span>
        <PartsAt place="export.menu" title="Differences" table={() => exportTable(tests, named)} />
      </h2>
      <ScrollBox label="Differences">
        <table className="plain-table quantity-table">
          <TableHead names={headings} />
          <tbody>
            {tests.map((test) => (
              <TestRow
                key={test.name}
                test={test}
                name={named(test.name)}
                about={named(test.about)}
                mark={test.sizes === null ? '' : String(sizes.indexOf(test.sizes) + 1)}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {sizes.map((note, place) => (
        <HelpNote key={note}>
          <sup>{place + 1}</sup> {named(note)}
        </HelpNote>
      ))}
      <ClaimNote of={tests.map(({ interval }) => interval)} people={people} />
      <HelpNote>
        A test has the claim of its interval. “Only in first” and “only in second” count images; these counts are not
        tested, because images of a pair are not independent. Statistics of networks alone use all images. Bold: below
        0.05 after adjustment.
      </HelpNote>
    </section>
  );
}

interface TestRowProps {
  test: Test;
  name: string;
  about: string;
  /** Mark of the note on sizes; empty: none. */
  mark: string;
}

function TestRow({ test, name, about, mark }: TestRowProps) {
  const { difference, interval, p, holm, method, n, discordant } = test;
  const decimals = differenceDecimals(test);
  return (
    <tr>
      <th scope="row" title={about}>
        {name}
        {mark !== '' && (
          <sup>
            <span className="sr">, note </span>
            {mark}
          </sup>
        )}
      </th>
      <td className="on-one-line">
        {difference === null ? (
          <Undefined reason={test.undefined ?? 'There is nothing to compare.'} />
        ) : (
          `${formatFixed(difference, decimals)} ${test.in === 'bits' ? 'bits' : '%'}`
        )}
      </td>
      <td className="on-one-line">
        <Interval of={interval} decimals={decimals} />
      </td>
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
    <ValueButton label={title} onOpen={images.length > 0 ? () => open.images(images, title) : undefined}>
      {images.length}
    </ValueButton>
  );
}

const pText = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toFixed(4));

const exportTable = (tests: readonly Test[], named: (text: string) => string) => ({
  columns: [
    ...['Test', 'About', 'Difference', 'In', ...intervalNames],
    ...['p', 'p adjusted (Holm)', 'Method', 'Only in first', 'Only in second', 'n', 'Not defined', 'Sizes'],
  ],
  rows: tests.map(({ name, about, difference, in: of, interval, p, holm, method, discordant, n, ...test }) => [
    ...[named(name), named(about), difference, of, ...intervalCells(interval)],
    ...[p, holm, method, discordant?.first.length ?? null, discordant?.second.length ?? null, n],
    ...[test.undefined, test.sizes],
  ]),
});

/** Number of images by type on the first and on the second side; images with a type on one side only are listed below. */
function Transitions({ result: { transitions, changed, typed, typedOnce } }: { result: CompareResult }) {
  const people = usePeople();
  return (
    <section className="results-section" aria-labelledby="changed">
      <h2 id="changed">
        Types on both sides{' '}
        <span className="soft">
          {typed === 0 ? (
            'no image has one on both sides'
          ) : (
            <>
              <Images ids={changed.map(({ image }) => image)} title="Images that changed type" label="changed type" />{' '}
              of {typed} changed type
            </>
          )}
        </span>
      </h2>
      {typed > 0 && (
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
                  const title = `${typeName(a, people)}, then ${typeName(b, people)}`;
                  const ids = transitions.find((each) => each.a === a && each.b === b)?.images ?? [];
                  return (
                    <td key={b} className={a === b ? 'soft' : ''}>
                      <Images ids={ids} title={title} label={title} bare />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <TypedOnce {...typedOnce} />
    </section>
  );
}

interface ImagesProps {
  ids: readonly number[];
  title: string;
  label: string;
  /** Without the word `images`. */
  bare?: boolean;
}

function Images({ ids, title, label, bare = false }: ImagesProps) {
  const open = useOpenImages();
  return (
    <ValueButton label={label} onOpen={ids.length > 0 ? () => open.images(ids, title) : undefined}>
      {ids.length}
      {!bare && (ids.length === 1 ? ' image' : ' images')}
    </ValueButton>
  );
}

function TypedOnce({ first, second }: CompareResult['typedOnce']) {
  const sides = [
    { side: 'first', ids: first },
    { side: 'second', ids: second },
  ].filter(({ ids }) => ids.length > 0);
  if (sides.length === 0) return null;
  return (
    <HelpNote>
      Not counted as changed:{' '}
      {sides.map(({ side, ids }, at) => (
        <Fragment key={side}>
          {at > 0 && ', '}
          <Images
            ids={ids}
            title={`Images with a type in the ${side} only`}
            label={`with a type in the ${side} only`}
          />{' '}
          with a type in the {side} only
        </Fragment>
      ))}
      . A type needs two labels and two networks.
    </HelpNote>
  );
}
