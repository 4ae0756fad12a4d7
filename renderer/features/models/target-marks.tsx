import type { RunRow } from '../../../main/contract/api/run-table.ts';
import { fixed, whole } from '../../ui/format.ts';

const words = { landed: 'reached', missed: 'missed', pending: 'not reached yet' };

/** How each target of a run stands: the accuracy where it landed, or that it has not. */
export function TargetMarks({ row: { targets } }: { row: Pick<RunRow, 'targets'> }) {
  return targets.map((standing) => {
    const { target, state, accuracy, errors, testCount } = standing;
    const of = errors === null || testCount === null ? '' : `: ${whole(errors)} of ${whole(testCount)} wrong`;
    return (
      <span key={target} className="target-mark" data-state={state} title={`Target ${target} % ${words[state]}${of}`}>
        <span className="soft">{target}:</span> {accuracy === null ? '–' : fixed(accuracy, 2)}
        {state === 'missed' && <span className="target-missed"> missed</span>}
        <span className="sr"> {words[state]}</span>
      </span>
    );
  });
}
