import type { TypeName } from '../../../main/contract/results/exhibit.ts';
import type { ShownRunState } from '../../../main/contract/api/runs.ts';
import { kindName } from '../../../main/domain/networks/architectures.ts';
import { architectureStyle, shapePaths } from '../../../main/domain/results/figures.ts';
import { typeMeaning, typeName, typeSigns } from '../../../main/domain/stimuli/image-types.ts';
import { runShownAs, type ShownState, stateMeaning, stateWord } from '../../../main/domain/networks/status.ts';
import { hueColor } from './hues.ts';
import { usePeople } from './rehearsal.tsx';

/**
 * Name of an image's type.
 * @param people who labeled: `people` or `simulated labelers`
 * @param exception for one image: whether people and networks agree on different labels; left out: many images
 */
export function imageTypeName(type: TypeName, people = 'people', exception?: boolean): string {
  const both = `${people} and networks`;
  if (type !== 'both_agree' || exception === undefined) return typeName(type, people, both);
  const meaning = typeMeaning(type, people, both);
  return exception ? `Exception: ${meaning}, each on another label` : `Type B: ${meaning}`;
}

/** The type of an image as letter or sign, hatch and color. `exception`: see `imageTypeName`. */
export function TypeBadge({ type, exception }: { type: TypeName; exception?: boolean }) {
  const meaning = imageTypeName(type, usePeople(), exception);
  return (
    <span className="type-badge" data-class={type} title={meaning}>
      <span aria-hidden="true">{typeSigns[type]}</span>
      <span className="sr">{meaning}</span>
    </span>
  );
}

const lineStyle = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 } as const;

/** One mark a state, on every screen. */
const marks: Record<ShownState, React.ReactNode> = {
  none: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2" />,
  blocked: <path d="M2.8 2.8 9.2 9.2M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9" {...lineStyle} />,
  queued: <path d="M6 3.2V6.2L8 7.4M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9" {...lineStyle} />,
  running: <path d="M3 1.5 10.5 6 3 10.5Z" fill="currentColor" />,
  paused: <path d="M3 2h2v8H3zM7 2h2v8H7z" fill="currentColor" />,
  stopping: <rect x="2.5" y="2.5" width="7" height="7" fill="currentColor" />,
  stopped: <rect x="2.5" y="2.5" width="7" height="7" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  partial: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.5a4.5 4.5 0 0 0 0 9Z" fill="currentColor" />
    </>
  ),
  done: <path d="M2 6.5 5 9.5 10.5 3" fill="none" stroke="currentColor" strokeWidth="2" />,
  stale: <path d="M6 1.5v5.5M6 8.8v1.8" fill="none" stroke="currentColor" strokeWidth="2" />,
  missed: <path d="M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9M3.5 6h5" {...lineStyle} />,
  failed: <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" fill="none" stroke="currentColor" strokeWidth="2" />,
  cancelled: <path d="M2 6h8" fill="none" stroke="currentColor" strokeWidth="2" />,
};

/** The mark of a state, without its word. */
export function StateIcon({ state, size = 12 }: { state: ShownState; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" className="state-icon" data-state={state}>
      {marks[state]}
    </svg>
  );
}

/** A state as mark and word. */
export function StateMark({ state, note }: { state: ShownState; note?: string | undefined }) {
  return (
    <span className="state-mark" data-state={state} title={note ?? stateMeaning(state)}>
      <StateIcon state={state} />
      {stateWord(state)}
    </span>
  );
}

const shownAs = (state: ShownRunState | 'stopping'): ShownState =>
  state === 'stopping' ? 'stopping' : runShownAs(state);

export const runStateName = (state: ShownRunState): string => stateWord(runShownAs(state));

/** The state of a run, including what the user requested. */
export function RunState({ state, note }: { state: ShownRunState | 'stopping'; note?: string }) {
  return <StateMark state={shownAs(state)} note={note} />;
}

/** An architecture by mark, hue and name; one that is not known is a diamond. */
export function ArchitectureMark({ kind, children }: { kind: string; children?: React.ReactNode }) {
  return (
    <span className="architecture-mark">
      <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
        <ArchitectureShape kind={kind} />
      </svg>
      {children ?? kindName(kind)}
    </span>
  );
}

/** Marks simulated labels wherever they are shown. */
export function RehearsalMark() {
  return (
    <span className="rehearsal-mark" title="Simulated labels for testing, not from people">
      Rehearsal
    </span>
  );
}

/** The color of an architecture, as a CSS value. */
export const architectureColor = (kind: string): string => hueColor(architectureStyle(kind).hue);

/** The mark of an architecture around (0, 0), about 10 units wide; inside of an <svg>. */
export function ArchitectureShape({ kind }: { kind: string }) {
  return <path d={shapePaths[architectureStyle(kind).mark]} fill={architectureColor(kind)} />;
}
