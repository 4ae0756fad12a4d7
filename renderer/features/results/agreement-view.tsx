import { Select } from '@mantine/core';
import { useState } from 'react';
import { agreementNames } from '../../../main/contract/api/results-tables.ts';
import { PartsAt } from '../../ui/places/place.tsx';
import { listAt } from '../../ui/places/places.ts';
import { useParameters } from '../../results/address.ts';
import { useChoice } from '../../results/choice.tsx';
import { PartFigures, PartInOrder, useTables } from '../../results/section-tables.tsx';

/** Who agrees with whom. */
export function AgreementView() {
  const { overview, group } = useChoice();
  const [parameters, change] = useParameters();
  // Chosen once, so that the measure does not change when the first predictions arrive.
  const added = listAt('results.measures');
  const [usual] = useState(overview.labelers === 0 || !group ? 'cohen' : (added[0]?.key ?? 'cohen'));
  const measures = [
    { key: 'cohen', title: agreementNames.cohen },
    ...added,
    { key: 'same', title: agreementNames.same },
  ];
  const wanted = parameters.get('measure') ?? usual;
  const measure = measures.find(({ key }) => key === wanted)?.key ?? 'cohen';
  const matrix = useTables('matrix', { measure });
  const tables = useTables('agreement');
  return (
    <>
      <Select
        label="Measure"
        w={380}
        mb="lg"
        allowDeselect={false}
        data={measures.map(({ key, title }) => ({ value: key, label: title }))}
        value={measure}
        onChange={(value) => change({ measure: value }, true)}
      />
      <PartFigures query={matrix} />
      <PartInOrder query={tables} />
      <PartsAt place="results.agreement" shown={tables.data ?? null} />
    </>
  );
}
