import { Select } from '@mantine/core';
import { useState } from 'react';
import { agreementMeasures, agreementNames } from '../../../main/contract/api/results-tables.ts';
import { PartsAt } from '../../ui/places/place.tsx';
import { useParameters } from '../../results/address.ts';
import { useChoice } from '../../results/choice.tsx';
import { PartFigures, PartInOrder, useTables } from '../../results/section-tables.tsx';

/** Who agrees with whom. */
export function AgreementView() {
  const { overview, group } = useChoice();
  const [parameters, change] = useParameters();
  // Chosen once, so that the measure does not change when the first predictions arrive.
  const [usual] = useState(overview.labelers === 0 || !group ? 'cohen' : 'errors');
  const measure = agreementMeasures.find((each) => each === (parameters.get('measure') ?? usual)) ?? 'cohen';
  const matrix = useTables('matrix', { measure });
  const tables = useTables('agreement');
  return (
    <>
      <Select
        label="Measure"
        w={380}
        mb="lg"
        allowDeselect={false}
        data={agreementMeasures.map((value) => ({ value, label: agreementNames[value] }))}
        value={measure}
        onChange={(value) => change({ measure: value }, true)}
      />
      <PartFigures query={matrix} />
      <PartInOrder query={tables} />
      <PartsAt place="results.agreement" shown={tables.data ?? null} />
    </>
  );
}
