import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import {
  type AgreementResult,
  agreementMeasures,
  type RarefactionResult,
} from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { LineChart } from '../../charts/line-chart.tsx';
import { capital, usePeople } from '../../ui/rehearsal.tsx';
import { Answered } from './answered.tsx';
import { useParameters } from './address.ts';
import { AgreementMatrix } from './agreement-matrix.tsx';
import { useView } from './choice.tsx';
import { QuantityTable } from './paper-tables.tsx';

type Measure = (typeof agreementMeasures)[number];

export const measureNames: Record<Measure, string> = {
  cohen: 'Cohen’s κ: agreement beyond chance',
  errors: 'Error consistency κ: errors on the same images',
  same: 'Share of equal labels',
};

/** Who agrees with whom, and how statistics change with the number of labelers and networks. */
export function AgreementView() {
  const api = useApi();
  const input = useView();
  const [parameters, change] = useParameters();
  const measure = agreementMeasures.find((each) => each === parameters.get('measure')) ?? 'errors';
  const agreement = useQuery(
    api.results.agreement.queryOptions({ input: { ...input, measure }, placeholderData: keepPreviousData }),
  );
  const rarefaction = useQuery(api.results.rarefaction.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <>
      <Select
        label="Measure"
        w={380}
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
  const whose = usePeople();
  return (
    <QuantityTable
      id="coefficients"
      title="Agreement within and between"
      heading="Raters"
      rows={[
        { name: capital(whose), of: people },
        { name: 'Networks', of: models },
        { name: `${capital(whose)} and networks`, of: { krippendorff: null, fleiss: null, pairs: between } },
      ]}
      rowName={({ name }) => name}
      columns={[
        { name: 'Krippendorff’s α', of: ({ of }) => of.krippendorff, decimals: 3 },
        { name: 'Fleiss’ κ', of: ({ of }) => of.fleiss, decimals: 3 },
        { name: `Pairs: ${measureNames[agreement.measure]}`, of: ({ of }) => of.pairs, decimals: 3 },
      ]}
    />
  );
}

function Rarefaction({ rarefaction: { curves, models, labelers } }: { rarefaction: RarefactionResult }) {
  const people = usePeople();
  return (
    <section className="results-section" aria-labelledby="rarefaction">
      <h2 id="rarefaction">
        With fewer <span className="soft">each statistic’s mean over all ways to choose so many</span>
      </h2>
      <div className="chart-pair">
        {(['labelers', 'models'] as const).map((along) => {
          const own = curves.filter((curve) => curve.along === along && curve.name !== 'classes per image');
          if (own.length === 0) return null;
          return (
            <LineChart
              key={along}
              title={along === 'labelers' ? 'By number of labelers' : 'By number of networks'}
              n={`of ${along === 'labelers' ? labelers : models}${own.some(({ paper }) => paper) ? '; diamonds: the paper' : ''}`}
              x={{ title: along === 'labelers' ? capital(people === 'people' ? 'labelers' : people) : 'Networks' }}
              y={{ title: 'Percent of images', domain: [0, null] }}
              series={own.map(({ name, points }) => ({
                id: name,
                name: name.replace('people', people),
                ...(colours[name] !== undefined && { colour: colours[name] }),
                points: points.flatMap(({ raters, value }) => (value === null ? [] : [[raters, value] as const])),
              }))}
              markers={own.flatMap(({ name, paper }) =>
                paper
                  ? [
                      {
                        x: paper.raters,
                        y: paper.mean,
                        label: `${name}, the paper: ${paper.mean}`,
                        shape: 'paper' as const,
                        ...(colours[name] !== undefined && { colour: colours[name] }),
                      },
                    ]
                  : [],
              )}
            />
          );
        })}
      </div>
    </section>
  );
}

const colours: Record<string, string | undefined> = {
  'people disagree': 'var(--people)',
  'type C': 'var(--people-3)',
  'networks disagree': 'var(--networks)',
  'type A': 'var(--networks-3)',
};
