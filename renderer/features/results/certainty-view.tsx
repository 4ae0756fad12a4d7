import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CertaintyResult } from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { Answered } from './answered.tsx';
import { useView } from './choice.tsx';
import { EntropyScatter } from './entropy-scatter.tsx';
import { QuantityTable } from './quantity-table.tsx';
import { Table5 } from './paper-tables.tsx';

/** Table 5, entropy of people against entropy of networks, and distances between the two. */
export function CertaintyView() {
  const api = useApi();
  const input = useView();
  const { study, labelers } = input;
  const options = { input, placeholderData: keepPreviousData };
  const tables = useQuery(
    api.results.tables.queryOptions({ input: { study, labelers }, placeholderData: keepPreviousData }),
  );
  const images = useQuery(api.results.images.queryOptions(options));
  const certainty = useQuery(api.results.certainty.queryOptions(options));
  return (
    <>
      <Answered query={images}>{(data) => <EntropyScatter rows={data.rows} />}</Answered>
      <Answered query={certainty}>{(data) => <Correlations certainty={data} />}</Answered>
      <Answered query={tables}>{(data) => <Table5 exhibit={data.table5} />}</Answered>
    </>
  );
}

function Correlations({ certainty }: { certainty: CertaintyResult }) {
  const people = usePeople();
  const { correlations, uncertainty, distances } = certainty;
  const rows = [
    ...correlations.flatMap(({ with: of, pearson, spearman }) => [
      { name: `Entropy of ${people} and of ${of}: Pearson`, of: pearson },
      { name: `Entropy of ${people} and of ${of}: Spearman`, of: spearman },
    ]),
    { name: 'Uncertainty, total (bits)', of: uncertainty.total },
    { name: 'Uncertainty of each network (bits)', of: uncertainty.aleatoric },
    { name: 'Uncertainty between networks (bits)', of: uncertainty.epistemic },
    ...Object.entries(distances).map(([name, of]) => ({ name: distanceName(name, people), of })),
  ];
  return (
    <QuantityTable
      id="correlations"
      title={`How labels of ${people} and networks’ answers go together`}
      heading="Measure"
      rows={rows}
      rowName={({ name }) => name}
      columns={[{ name: 'Value', of: ({ of }) => of, decimals: 3 }]}
    />
  );
}

const distanceName = (name: string, people: string): string =>
  ({
    js_bits: 'Jensen–Shannon divergence (bits)',
    kl_human_model_bits: `KL(${people} | networks) (bits)`,
    kl_model_human_bits: `KL(networks | ${people}) (bits)`,
    tv: 'Total variation',
    brier_soft: 'Squared difference',
    soft_xent_nats: 'Cross-entropy (nats)',
  })[name] ?? name;
