import { NumberInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Exhibit, Quantity, TypeName } from '../../../main/contract/results/exhibit.ts';
import { flatTable, hasIntervals, quantityAt, countName } from '../../../main/domain/results/exhibits.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { HelpNote } from '../../ui/parts/states.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { Term } from '../../ui/words/terms.tsx';
import { TypeBadge } from '../../ui/words/badges.tsx';
import { capitalize, usePeople, useRehearsal } from '../../ui/words/rehearsal.tsx';
import { PaperValue, Undefined } from '../../ui/words/values.tsx';
import { AgreeHeads, QueryResult, LeaveOneOut } from '../../results/notes.tsx';
import { useOpenImages, useParameters } from '../../results/address.ts';
import { groupTitle, useChoice, useOpenMark, useOpenWhich, useSample } from '../../results/choice.tsx';
import { findTable, SectionTables, useTables } from '../../results/section-tables.tsx';
import { ExhibitTable } from '../../results/exhibit-table.tsx';
import { PaperNote, QuantityText, ValueButton } from '../../results/quantity.tsx';
import { Figure2 } from './paper-tables.tsx';
import { typeName } from '../../../main/domain/stimuli/image-types.ts';
import { labelersText } from '../../results/unit-names.ts';
import { FigureView } from '../../charts/figure.tsx';
import type { PeopleAlone } from '../../../main/contract/api/results.ts';
import { formatCount, formatInteger, peopleWord } from '../../../main/domain/numbers/format.ts';

/** Tables 1 to 3 and Figure 2. */
export function TypesView() {
  const asked = useAsked();
  const tables = useTables('types');
  const openMark = useOpenMark();
  const sample = useSample('targets');
  return (
    <>
      <QueryResult query={tables}>{(data) => <Table1 types={data} />}</QueryResult>
      <SectionTables query={tables} except={['table-1']} />
      {asked && (
        <>
          <AskedInput {...asked} />
          <TypesAt asked={asked.number} />
        </>
      )}
      {
        // Bars name the group that they are of: those of the previous group only keep the place of the next ones.
        <div style={{ visibility: tables.isPlaceholderData ? 'hidden' : undefined }}>
          {tables.data?.figures.map((figure) => (
            <FigureView key={figure.id} figure={figure} n={sample} onOpen={openMark} />
          ))}
        </div>
      }
      <QueryResult query={useTables('seeds')}>{(data) => <Figure2 seeds={data} />}</QueryResult>
    </>
  );
}

/** Types if fewer people had been asked: a question of their own, as their intervals take long. */
const TypesAt = ({ asked }: { asked: number }) => (
  <SectionTables query={useTables('types', { asked })} only={['types-at']} />
);

/** Types where people agree, and where they disagree. */
const table1Rows = [
  { title: 'Networks disagree', agree: 'type_a', disagree: 'both_disagree' },
  { title: 'Networks agree', agree: 'both_agree', disagree: 'type_c' },
] as const;

/** Table 1: a 2 × 2 table; a count opens its images. */
function Table1({ types }: { types: TablesResult }) {
  const { group, overview, study, labelers, claim } = useChoice();
  const alone = useQuery(useApi().results.people.queryOptions({ input: { study, labelers, claim } })).data;
  const sample = useSample('chosen');
  const open = useOpenImages();
  const people = peopleWord(types);
  const title = group ? groupTitle(group, overview) : '';
  // The menu itself marks rows as simulated.
  const rehearsal = useRehearsal();
  const table1 = findTable(types, 'table-1');
  if (!table1) return null;
  return (
    <section className="results-section" aria-labelledby="table-1">
      <h2 id="table-1">
        Table 1{' '}
        <span className="soft">
          Who disagrees: {title}, n = {sample}
        </span>
        <PartsAt
          place="export.menu"
          title={`Table 1: who disagrees, ${title}`}
          table={() => flatTable({ ...table1, people: false }, rehearsal, 'all')}
        />
      </h2>
      <table className="type-table">
        <thead>
          <tr>
            <td />
            <AgreeHeads people={people} />
          </tr>
        </thead>
        <tbody>
          {table1Rows.map(({ title, agree, disagree }) => (
            <tr key={title}>
              <th scope="row" data-raters="networks">
                {title}
              </th>
              <TypeCell table1={table1} type={agree} />
              <TypeCell table1={table1} type={disagree} />
            </tr>
          ))}
        </tbody>
      </table>
      {alone && (
        <HelpNote>
          {alone.undetermined.length > 0 && (
            <>
              <ValueButton
                onOpen={() => open.images(alone.undetermined, 'Images without a type')}
                label="without a type"
              >
                {formatCount(alone.undetermined.length, 'image')}
              </ValueButton>{' '}
              without a type: fewer than two labels.{' '}
            </>
          )}
          <LeaveOneOut of={alone.leaveOneOut} people={people} />
        </HelpNote>
      )}
      {/* Only some of these values stand in the paper itself; each says where from. */}
      <PaperNote exhibit={{ ...table1, number: '' }} />
      {table1.notes.map((note) => (
        <HelpNote key={note}>{note}</HelpNote>
      ))}
      {table1.intervals !== undefined && <HelpNote>{table1.intervals}</HelpNote>}
    </section>
  );
}

function TypeCell({ table1, type }: { table1: Exhibit; type: TypeName }) {
  const openWhich = useOpenWhich();
  const people = usePeople();
  const name = typeName(type, people);
  const images = quantityAt(table1, 0, type);
  const share = quantityAt(table1, 0, `${type}_pct`);
  const exceptions = quantityAt(table1, 0, 'exceptions');
  const open = (quantity: Quantity | null, title: string) => {
    const counts = quantity?.value ? quantity.counts : undefined;
    return counts && (() => openWhich(counts.group, counts.which, title));
  };
  return (
    <td data-class={type}>
      <TypeBadge type={type} />{' '}
      <strong className="type-count" data-quantity={images?.counts && countName(images.counts, 'images')}>
        {images?.value == null ? (
          <Undefined reason={images?.undefined ?? ''} />
        ) : (
          <ValueButton onOpen={open(images, name)} label={name}>
            {images.value}
          </ValueButton>
        )}
      </strong>
      {images?.paper && <PaperValue source="computed from Table 3">{images.paper.mean}</PaperValue>}
      {share?.value != null && (
        <div>
          <QuantityText of={share} unit="%" source="Table 3" noIntervals={!hasIntervals(table1)} />
        </div>
      )}
      {type === 'both_agree' && exceptions?.value != null && (
        <div className="soft">
          <Term of="exceptions">exceptions</Term>:{' '}
          <ValueButton onOpen={open(exceptions, 'Exceptions')} label="Exceptions">
            {exceptions.value}
          </ValueButton>
        </div>
      )}
    </td>
  );
}

/** Number of people that types are shown at unless another is chosen. */
const usualNumber = 10;

/** Types if fewer people had been asked than were can be compared only at the same number; undefined: no more were. */
function useAsked(): { number: number; most: number } | undefined {
  const { overview, labelers } = useChoice();
  const [parameters] = useParameters();
  const most = (labelers?.length ?? overview.labelers) - 1;
  const wanted = Number(parameters.get('asked') ?? usualNumber);
  if (most < usualNumber) return undefined;
  return { most, number: Number.isInteger(wanted) && wanted >= 2 && wanted <= most ? wanted : usualNumber };
}

function AskedInput({ number: asked, most }: { number: number; most: number }) {
  const [, change] = useParameters();
  const people = usePeople();
  return (
    <NumberInput
      label={`${capitalize(people)} asked`}
      description={`2 to ${formatInteger(most)}`}
      w={180}
      mb="md"
      min={2}
      max={most}
      allowDecimal={false}
      allowNegative={false}
      value={asked}
      onChange={(value) => {
        const number = Number(value);
        if (number >= 2 && number <= most) change({ asked: number === usualNumber ? null : String(number) }, true);
      }}
    />
  );
}

/** Agreement among people, in a study without predictions. */
export function PeopleView() {
  const api = useApi();
  const { study, labelers, claim } = useChoice();
  const people = useQuery(
    api.results.people.queryOptions({ input: { study, labelers, claim }, placeholderData: keepPreviousData }),
  );
  return (
    <QueryResult query={people}>
      {(data) => (
        <>
          <Images of={data} />
          <ExhibitTable exhibit={data.measures} />
          {data.further.map((exhibit) => (
            <ExhibitTable key={exhibit.id} exhibit={exhibit} />
          ))}
        </>
      )}
    </QueryResult>
  );
}

/** Number of images on which people agree and disagree; a count opens its images. */
function Images({ of }: { of: PeopleAlone }) {
  const open = useOpenImages();
  const people = peopleWord(of);
  const { undetermined, leaveOneOut } = of;
  return (
    <section className="results-section" aria-labelledby="people-alone">
      <h2 id="people-alone">
        {capitalize(people)} alone <span className="soft">Who disagrees, n = {labelersText(of, people)}</span>
      </h2>
      <table className="type-table">
        <thead>
          <tr>
            <AgreeHeads people={people} />
          </tr>
        </thead>
        <tbody>
          <tr>
            <Count of={of} images={of.agree} name={`${capitalize(people)} agree`} />
            <Count of={of} images={of.disagree} name={`${capitalize(people)} disagree`} />
          </tr>
        </tbody>
      </table>
      <HelpNote>
        {undetermined.length > 0 && (
          <>
            <ValueButton
              onOpen={() => open.images(undetermined, 'Images with fewer than two labels')}
              label="with fewer than two labels"
            >
              {formatCount(undetermined.length, 'image')}
            </ValueButton>{' '}
            {undetermined.length === 1 ? 'has' : 'have'} fewer than two labels.{' '}
          </>
        )}
        <LeaveOneOut of={leaveOneOut} people={people} />
      </HelpNote>
    </section>
  );
}

interface CountProps {
  of: PeopleAlone;
  images: readonly number[];
  name: string;
}

function Count({ of: { measures }, images, name }: CountProps) {
  const open = useOpenImages();
  const differ = quantityAt(measures, 0, 'disagree_pct');
  if (differ?.value == null) {
    return (
      <td data-class="people">
        <strong className="type-count">
          <Undefined reason={differ?.undefined ?? ''} />
        </strong>
      </td>
    );
  }
  return (
    <td data-class="people">
      <strong className="type-count">
        <ValueButton onOpen={images.length > 0 ? () => open.images(images, name) : undefined} label={name}>
          {formatInteger(images.length)}
        </ValueButton>
      </strong>{' '}
      <span className="soft">of {formatCount(differ.n ?? 0, 'image')}</span>
    </td>
  );
}
