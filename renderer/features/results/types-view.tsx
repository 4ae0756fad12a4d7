import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Exhibit, Quantity, TypeName } from '../../../main/contract/exhibit.ts';
import { quantityAt } from '../../../main/domain/exhibits.ts';
import type { TypesResult } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { TypeBadge } from '../../ui/badges.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { PaperValue, Undefined } from '../../ui/values.tsx';
import { AgreeHeads } from './agree-heads.tsx';
import { Answered } from './answered.tsx';
import { useOpenImages } from './address.ts';
import { groupTitle, useChoice, useView } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { LeaveOneOut } from './leave-one-out.tsx';
import { Opened, QuantityText } from './quantity.tsx';
import { Figure2 } from './paper-tables.tsx';
import { TypeBars } from './type-bars.tsx';
import { typeName } from './type-names.ts';
import { useOpenWhich } from './use-which.ts';
import { peopleWord } from '../../../main/domain/format.ts';

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
            <ExhibitTable exhibit={data.table2} />
            <ExhibitTable exhibit={data.table3} />
            <TypeBars table3={data.table3} types={types.isPlaceholderData ? undefined : types.data} />
            <Figure2 exhibit={data.figure2} />
          </>
        )}
      </Answered>
    </>
  );
}

/** Table 1: a 2 x 2 whose counts open their images. */
function Table1({ types }: { types: TypesResult }) {
  const { table1 } = types;
  const { group, overview } = useChoice();
  const open = useOpenImages();
  const people = peopleWord(types);
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
            <TypeCell table1={table1} type="type_a" />
            <TypeCell table1={table1} type="both_disagree" />
          </tr>
          <tr>
            <th scope="row" data-whose="networks">
              Networks agree
            </th>
            <TypeCell table1={table1} type="both_agree" />
            <TypeCell table1={table1} type="type_c" />
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
      {table1.intervals !== undefined && <p className="help-note">{table1.intervals}</p>}
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
      <strong className="type-count">
        {images?.value == null ? (
          <Undefined reason={images?.undefined ?? ''} />
        ) : (
          <Opened onOpen={open(images, name)} label={name}>
            {images.value}
          </Opened>
        )}
      </strong>
      {images?.paper && <PaperValue source="computed from Table 3">{images.paper.mean}</PaperValue>}
      {share?.value != null && (
        <div>
          <QuantityText of={share} unit="%" source="Table 3" />
        </div>
      )}
      {type === 'both_agree' && exceptions?.value != null && (
        <div className="soft">
          exceptions:{' '}
          <Opened onOpen={open(exceptions, 'Exceptions')} label="Exceptions">
            {exceptions.value}
          </Opened>
        </div>
      )}
    </td>
  );
}
