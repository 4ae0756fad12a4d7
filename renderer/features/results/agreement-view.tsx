import { Select } from '@mantine/core';
import { useState } from 'react';
import { agreementMeasures, agreementNames } from '../../../main/contract/api/results-tables.ts';
import { useParameters } from '../../results/address.ts';
import { useChoice } from '../../results/choice.tsx';
import { Multiplicity } from './multiplicity.tsx';
import { PartFigures, SectionTables, useTables } from './section-tables.tsx';

/** Who agrees with whom, and how statistics change with the number of labelers and networks. */
export function AgreementView() {
  const { overview, study, group } = useChoice();
  const [parameters, change] = useParameters();
  // Chosen once, so that the measure does not change when the first predictions arrive.
  const [usual] = useState(overview.labelers === 0 || !group ? 'cohen' : 'errors');
  const measure = agreementMeasures.find((each) => each === (parameters.get('measure') ?? usual)) ?? 'cohen';
  const matrix = useTables('matrix', { measure });
  const tables = useTables('agreement');
  const subsampling = useTables('subsampling');
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
      <SectionTables query={tables} only={['agreement']} />
      <Multiplicity tables={tables} study={study} />
      <PartFigures query={subsampling} beside />
    </>
  );
}
