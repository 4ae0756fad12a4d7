import type { LeftOut, leftOutReasons } from '../../../main/contract/api/results-tables.ts';
import { formatCount } from '../../../main/domain/format.ts';

type Reason = (typeof leftOutReasons)[number];

const reasons: Record<Reason, string> = {
  missed: 'missed the target',
  failed: 'failed',
  cancelled: 'cancelled',
  unfinished: 'not trained yet',
  unasked: 'not asked about the stimuli yet',
};

/** `missed the target`. */
export const leftOutReason = (why: Reason): string => reasons[why];

/** So many are listed by name. */
const most = 200;

/** Networks that no number here counts, and why: how many of each kind, and their names on demand. */
export function LeftOutNotes({ leftOut }: { leftOut: readonly LeftOut[] }) {
  if (leftOut.length === 0) return null;
  const kinds = (Object.keys(reasons) as Reason[]).flatMap((why) => {
    const own = leftOut.filter((each) => each.why === why).length;
    return own === 0 ? [] : [`${own} ${reasons[why]}`];
  });
  return (
    <details className="left-out">
      <summary>
        Not in these numbers: {formatCount(leftOut.length, 'snapshot')} ({kinds.join(', ')})
      </summary>
      <ul>
        {leftOut.slice(0, most).map(({ name, model, target, why, detail }) => (
          <li key={name}>
            {model} at {target} %: {reasons[why]}
            {detail !== '' && <span className="soft"> ({detail})</span>}
          </li>
        ))}
        {leftOut.length > most && <li>and {leftOut.length - most} more; Models lists them all</li>}
      </ul>
    </details>
  );
}
