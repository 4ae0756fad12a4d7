import type { CalibrationResult } from '../../../main/contract/api/results-charts.ts';
import type { Quantity } from '../../../main/contract/exhibit.ts';
import { usePeople } from '../../ui/rehearsal.tsx';
import { QuantityTable } from './quantity-table.tsx';

type Sheet = CalibrationResult['ensemble'];
type Number = Exclude<keyof Sheet, 'name' | 'n' | 'labelled' | 'bins'>;

/** Scores against all labels that an image has; the others are against its majority label. */
const soft: readonly Number[] = ['softCrossEntropy', 'brierSoft'];
type Over = keyof CalibrationResult['over'];

interface Row {
  name: string;
  over: Quantity | null;
  together: Quantity;
}

/** Each score over networks, and of their mean softmax as one network's. */
export function Scores({ calibration }: { calibration: CalibrationResult }) {
  const people = usePeople();
  const rows = scores(people)
    .filter(({ of }) => calibration.undefined === null || soft.includes(of))
    .map(
      ({ name, over, of }): Row => ({
        name,
        over: calibration.over[over] ?? null,
        together: asQuantity(calibration.ensemble, of),
      }),
    );
  return (
    <QuantityTable
      id="scores"
      title={`Scores against the labels of ${people}`}
      heading="Score"
      rows={rows}
      rowName={({ name }) => name}
      columns={[
        { name: 'Over networks, mean ± std', of: ({ over }) => over, decimals: 3 },
        { name: 'All networks together', of: ({ together }) => together, decimals: 3 },
      ]}
    />
  );
}

function asQuantity(sheet: Sheet, of: Number): Quantity {
  const value = sheet[of];
  return {
    ...{ value, std: null, n: soft.includes(of) ? sheet.labelled : sheet.n, of: 'images', interval: null, paper: null },
    undefined: value === null ? 'No image has a label that counts.' : null,
  };
}

const scores = (people: string): readonly { name: string; over: Over; of: Number }[] => [
  { name: `Agrees with the majority of ${people}`, over: 'accuracy', of: 'accuracy' },
  { name: 'Calibration error, expected', over: 'ece', of: 'ece' },
  { name: 'Calibration error, root mean square', over: 'rms', of: 'rms' },
  { name: 'Calibration error, largest', over: 'max', of: 'max' },
  { name: 'Negative log likelihood, nats', over: 'nll_nats', of: 'nll' },
  { name: 'Brier score', over: 'brier_hard', of: 'brier' },
  { name: `Cross-entropy with the labels of ${people}, nats`, over: 'soft_xent_nats', of: 'softCrossEntropy' },
  { name: `Brier score against the labels of ${people}`, over: 'brier_soft', of: 'brierSoft' },
];
