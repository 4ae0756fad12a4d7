import type { RunRow } from '../../main/contract/api/runs.ts';
import { formatFixed, formatInteger } from '../../main/domain/numbers/format.ts';
import { isRunOver } from '../../main/domain/networks/status.ts';
import { targetInTable, targetTitle } from '../../main/domain/numbers/targets.ts';
import './recipes.css';

const targetStates = {
  reached: 'reached',
  unused: 'it met this target and failed afterwards: a failed run is not used',
  missed: 'missed',
  pending: 'not reached yet',
};

/** Each target of a run with the accuracy of its snapshot, or that it was missed or not reached yet. */
export function TargetMarks({ row }: { row: Pick<RunRow, 'targets' | 'landing' | 'latest' | 'state'> }) {
  const { targets, landing, latest } = row;
  const next = isRunOver(row.state) ? undefined : targets.find(({ state }) => state === 'pending');
  return targets.map(({ target, state, accuracy, validation, errors, testCount }) => {
    const of =
      errors === null || testCount === null
        ? ''
        : `: ${formatInteger(errors)} of ${formatInteger(testCount)} test images wrong`;
    const by = landing === 'validation' ? ' of the validation images' : '';
    const decided = validation === null ? '' : `; ${formatFixed(validation, 2)} % of the validation images decided`;
    return (
      <span
        key={target}
        className="target-mark"
        data-state={state}
        title={`Target ${targetTitle(target)}${by} ${targetStates[state]}${of}${decided}`}
      >
        <span className="soft">{targetInTable(target)}:</span> {accuracy === null ? '–' : formatFixed(accuracy, 2)}
        {validation !== null && <span className="soft"> (val. {formatFixed(validation, 2)})</span>}
        {target === next?.target && latest && (
          <span className="soft">
            {' '}
            (now {latest.estimated && '≈ '}
            {formatFixed(latest.accuracy, 1)})
          </span>
        )}
        {state === 'unused' && <span className="target-missed"> not used</span>}
        {state === 'missed' && <span className="target-missed"> missed{by && ' (val.)'}</span>}
        <span className="sr"> {targetStates[state]}</span>
      </span>
    );
  });
}
