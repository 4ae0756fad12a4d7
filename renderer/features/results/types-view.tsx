import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { TypesResult } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { TypeBadge } from '../../ui/badges.tsx';
import { peopleWord, usePeople } from '../../ui/rehearsal.tsx';
import { PaperValue, Undefined } from '../../ui/values.tsx';
import { AgreeHeads } from './agree-heads.tsx';
import { Answered } from './answered.tsx';
import { useOpenImages } from './address.ts';
import { groupTitle, useChoice, useView } from './choice.tsx';
import { Figure2 } from './figure2.tsx';
import { IntervalNoteOf } from './interval-note.tsx';
import { LeaveOneOut } from './leave-one-out.tsx';
import { Opened, QuantityText } from './quantity.tsx';
import { Table2, Table3 } from './paper-tables.tsx';
import { TypeBars } from './type-bars.tsx';
import { typeName } from './type-names.ts';

/** Tables 1 to 3 and Figure 2. */
export function TypesView() {
  const api = useApi();
  const input = useView();
  const { study, labelers } = input;
  const types = useQuery(api.results.types.queryOptions({ input, placeholderData: keepPreviousData }));
  const tables = useQuery(
    api.results.tables.queryOptions({ input: { study, labelers }, placeholderData: keepPreviousData }),
  );
  return (
    <>
      <Answered query={types}>{(data) => <Table1 types={data} />}</Answered>
      <Answered query={tables}>
        {(data) => (
          <>
            <Table2 tables={data} />
            <Table3 tables={data} />
            <TypeBars tables={data} types={types.isPlaceholderData ? undefined : types.data} />
            <Figure2 tables={data} />
          </>
        )}
      </Answered>
    </>
  );
}

/** Table 1: a 2 x 2 whose counts open their images. */
function Table1({ types }: { types: TypesResult }) {
  const { group, overview } = useChoice();
  const open = useOpenImages();
  const people = peopleWord(types.rehearsal);
  const title = group ? groupTitle(group, overview) : '';
  return (
    <section className="results-section" aria-labelledby="table-1">
      <h2 id="table-1">
        Table 1{' '}
        <span className="soft">
          Who disagrees: {title}, n = {types.models} networks
        </span>
      </h2>
      <table className="type-table">
        <thead>
          <tr>
            <td />
            <AgreeHeads people={people} />
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" data-whose="networks">
              Networks disagree
            </th>
            <Cell types={types} type="type_a" />
            <Cell types={types} type="both_disagree" />
          </tr>
          <tr>
            <th scope="row" data-whose="networks">
              Networks agree
            </th>
            <Cell types={types} type="both_agree" />
            <Cell types={types} type="type_c" />
          </tr>
        </tbody>
      </table>
      <p className="help-note">
        {types.undetermined.length > 0 && (
          <>
            <Opened onOpen={() => open.images(types.undetermined, 'Images without a type')} label="without a type">
              {types.undetermined.length} images
            </Opened>{' '}
            have fewer than two labels and no type.{' '}
          </>
        )}
        <LeaveOneOut of={types.leaveOneOut} people={people} />
      </p>
      <IntervalNoteOf quantities={types.cells.map(({ share }) => share)} />
    </section>
  );
}

function Cell({ types, type }: { types: TypesResult; type: TypesResult['cells'][number]['type'] }) {
  const open = useOpenImages();
  const people = usePeople();
  const cell = types.cells.find((each) => each.type === type);
  if (!cell || cell.share.value === null) {
    return (
      <td data-class={type}>
        <TypeBadge type={type} />{' '}
        <strong className="type-count">
          <Undefined reason={types.undefined ?? 'because no image has a type'} />
        </strong>
        {cell?.paperCount != null && <PaperCount count={cell.paperCount} />}
      </td>
    );
  }
  const name = typeName(type, people);
  const { exceptions } = types;
  return (
    <td data-class={type}>
      <TypeBadge type={type} />{' '}
      <strong className="type-count">
        <Opened onOpen={cell.images.length > 0 ? () => open.images(cell.images, name) : undefined} label={name}>
          {cell.images.length}
        </Opened>
      </strong>
      {cell.paperCount !== null && <PaperCount count={cell.paperCount} />}
      <div>
        <QuantityText of={cell.share} unit="%" source="Table 3" />
      </div>
      {type === 'both_agree' && (
        <div className="soft">
          exceptions:{' '}
          <Opened
            onOpen={exceptions.length > 0 ? () => open.images(exceptions, 'Exceptions') : undefined}
            label="Exceptions"
          >
            {exceptions.length}
          </Opened>
        </div>
      )}
    </td>
  );
}

/** The paper prints shares of 165 images: counts follow from them. */
const PaperCount = ({ count }: { count: number }) => <PaperValue source="worked out of Table 3">{count}</PaperValue>;
