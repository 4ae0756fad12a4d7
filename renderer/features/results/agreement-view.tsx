import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type AgreementResult, agreementMeasures } from '../../../main/contract/api/results-charts.ts';
import { useState } from 'react';
import { useApi } from '../../client/context.tsx';
import { capitalize } from '../../ui/rehearsal.tsx';
import { Answered } from './answered.tsx';
import { useParameters } from './address.ts';
import { AgreementMatrix } from './agreement-matrix.tsx';
import { useChoice } from './choice.tsx';
import { QuantityTable } from './quantity-table.tsx';
import { Rarefaction } from './rarefaction.tsx';
import { peopleWord } from '../../../main/domain/format.ts';

type Measure = (typeof agreementMeasures)[number];

export const measureNames: Record<Measure, string> = {
  cohen: 'Cohen’s κ: agreement beyond chance',
  errors: 'Error consistency κ: errors on the same images',
  same: 'Share of equal labels',
};

/** Who agrees with whom, and how statistics change with the number of labelers and networks. */
export function AgreementView() {
  const api = useApi();
  const { overview, study, labelers, group } = useChoice();
  const input = { study, labelers, group };
  const [parameters, change] = useParameters();
  // It stays what it was when the screen was opened: a network that answers meanwhile changes no measure.
  const [usual] = useState<Measure>(overview.people.length === 0 || !group ? 'cohen' : 'errors');
  const measure = agreementMeasures.find((each) => each === parameters.get('measure')) ?? usual;
  const agreement = useQuery(
    api.results.agreement.queryOptions({ input: { ...input, measure }, placeholderData: keepPreviousData }),
  );
  const rarefaction = useQuery(api.results.rarefaction.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <>
      <Select
        label="Measure"
        w={380}
        mb="lg"
        allowDeselect={false}
        data={agreementMeasures.map((value) => ({ value, label: measureNames[value] }))}
        value={measure}
        onChange={(value) => change({ measure: value }, true)}
      />
      <Answered query={agreement}>
        {(data) => (
          <>
            <AgreementMatrix agreement={data} title={measureNames[data.measure]} />
            <Coefficients agreement={data} />
          </>
        )}
      </Answered>
      <Answered query={rarefaction}>{(data) => <Rarefaction rarefaction={data} />}</Answered>
    </>
  );
}

function Coefficients({ agreement }: { agreement: AgreementResult }) {
  const { people, models, between } = agreement;
  const whose = peopleWord(agreement);
  const withModels = agreement.networks > 0;
  const withNetworks = [
    { name: 'Networks', of: models },
    { name: `${capitalize(whose)} and networks`, of: { krippendorff: null, fleiss: null, pairs: between } },
  ];
  return (
    <QuantityTable
      id="coefficients"
      title={withModels ? 'Agreement within and between' : `Agreement among ${whose}`}
      heading="Raters"
      rows={[{ name: capitalize(whose), of: people }, ...(withModels ? withNetworks : [])]}
      rowName={({ name }) => name}
      columns={[
        { name: 'Krippendorff’s α', of: ({ of }) => of.krippendorff, decimals: 3 },
        { name: 'Fleiss’ κ', of: ({ of }) => of.fleiss, decimals: 3 },
        { name: `Pairs: ${measureNames[agreement.measure]}`, of: ({ of }) => of.pairs, decimals: 3 },
      ]}
    />
  );
}
