import type { TypeName } from '../../main/contract/exhibit.ts';
import type { RunState as State } from '../../main/contract/run.ts';
import { typeMeaning, typeName, typeSigns } from '../../main/domain/image-types.ts';
import { usePeople } from './rehearsal.tsx';

/**
 * Name of an image's type.
 * @param people who labelled: `people` or `simulated labelers`
 * @param exception for one image: whether people and networks agree on different labels; left out: many images
 */
export function imageTypeName(type: TypeName, people = 'people', exception?: boolean): string {
  const both = `${people} and networks`;
  if (type !== 'both_agree' || exception === undefined) return typeName(type, people, both);
  const meaning = typeMeaning(type, people, both);
  return exception ? `Exception: ${meaning}, each on another label` : `Type B: ${meaning}`;
}

/** The type of an image as letter or sign, hatch and colour. `exception`: see `imageTypeName`. */
export function TypeBadge({ type, exception }: { type: TypeName; exception?: boolean }) {
  const meaning = imageTypeName(type, usePeople(), exception);
  return (
    <span className="type-badge" data-class={type} title={meaning}>
      <span aria-hidden="true">{typeSigns[type]}</span>
      <span className="sr">{meaning}</span>
    </span>
  );
}

/** A run's state, including what the user requested. */
type ShownRunState = State | 'held' | 'stopping';

const states: Record<ShownRunState, { word: string; mark: React.ReactNode }> = {
  queued: {
    word: 'Queued',
    mark: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  },
  running: { word: 'Running', mark: <path d="M3 1.5 10.5 6 3 10.5Z" fill="currentColor" /> },
  stopping: { word: 'Stopping', mark: <rect x="2.5" y="2.5" width="7" height="7" fill="currentColor" /> },
  held: { word: 'Paused', mark: <path d="M3 2h2v8H3zM7 2h2v8H7z" fill="currentColor" /> },
  interrupted: { word: 'Interrupted', mark: <path d="M3 2h2v8H3zM7 2h2v8H7z" fill="currentColor" /> },
  done: { word: 'Done', mark: <path d="M2 6.5 5 9.5 10.5 3" fill="none" stroke="currentColor" strokeWidth="2" /> },
  failed: { word: 'Failed', mark: <path d="M2.5 2.5l7 7M9.5 2.5l-7 7" stroke="currentColor" strokeWidth="2" /> },
  cancelled: { word: 'Cancelled', mark: <path d="M2 6h8" stroke="currentColor" strokeWidth="2" /> },
};

export const runStateName = (state: ShownRunState): string => states[state].word;

export function RunState({ state, note }: { state: ShownRunState; note?: string }) {
  const { word, mark } = states[state];
  return (
    <span className="run-state" data-state={state} title={note}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {mark}
      </svg>
      {word}
    </span>
  );
}

/** An architecture by mark, hue and name: MLP circle, CNN square, ViT triangle, others a diamond. */
export function ArchitectureMark({ kind, children }: { kind: string; children?: React.ReactNode }) {
  return (
    <span className="architecture-mark">
      <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
        <ArchitectureShape kind={kind} />
      </svg>
      {children ?? architectureName(kind)}
    </span>
  );
}

const architectureNames: Record<string, string> = { mlp: 'MLP', cnn: 'CNN', vit: 'ViT' };

/** `mlp` -> `MLP`. */
export const architectureName = (kind: string): string => architectureNames[kind] ?? kind;

export const engineNames = { tensorflow: 'TensorFlow', webgpu: 'WebGPU', wasm: 'WebAssembly' } as const;

/** Marks simulated labels wherever they are shown. */
export function RehearsalMark() {
  return (
    <span className="rehearsal-mark" title="Simulated labels for testing, not from people">
      Rehearsal
    </span>
  );
}

const shapes: Record<string, string> = {
  mlp: 'M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0Z',
  cnn: 'M-4 -4H4V4H-4Z',
  vit: 'M0 -4.8L5 4.2H-5Z',
};
const otherShape = 'M0 -5L5 0L0 5L-5 0Z';

/** The colour of an architecture, as a CSS value. */
export const architectureColour = (kind: string): string =>
  kind in shapes ? `var(--${kind})` : 'var(--other-architecture)';

/** The mark of an architecture around (0, 0), about 10 units wide; inside of an <svg>. */
export function ArchitectureShape({ kind }: { kind: string }) {
  return <path d={shapes[kind] ?? otherShape} fill={architectureColour(kind)} />;
}
