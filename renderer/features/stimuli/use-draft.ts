import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AnchorSpec } from '../../../main/contract/stimuli/stimuli.ts';
import type { Draft, StimuliState } from '../../../main/contract/api/stimuli.ts';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { toRefusal, useApi, useClient } from '../../client/context.tsx';
import { applyEdit, canRevert, type DraftEdit, rebase, reversed, writtenAnchors } from './draft-edits.ts';
import { detach } from '../../../main/contract/wire/detach.ts';

/** Milliseconds without further changes before the draft is saved. */
const saveDelay = 250;

export type DraftTools = ReturnType<typeof useDraft>;

/** What parts of the screen that edit a draft get. */
export interface DraftProps {
  study: string;
  state: StimuliState;
  tools: DraftTools;
}

interface History {
  past: readonly DraftEdit[];
  future: readonly DraftEdit[];
}

const maxHistory = 100;

/** How often edits are applied anew to a draft that another page has just changed. */
const maxTries = 5;

/** Applies edits to the draft as it is now; gives those that another page's change of the same part keeps out. */
async function saveEdits(
  client: ReturnType<typeof useClient>,
  study: string,
  edits: readonly DraftEdit[],
  classes: number,
): Promise<DraftEdit[]> {
  for (let tries = 1; ; tries++) {
    const { draft: before } = await client.stimuli.state({ study });
    if (!before) return [];
    const { draft, conflicts } = rebase(before, edits, classes);
    try {
      if (conflicts.length < edits.length) await client.stimuli.saveDraft({ study, before, draft });
      return conflicts;
    } catch (refused) {
      if (toRefusal(refused).code !== 'stimuli.draft-changed' || tries === maxTries) throw refused;
    }
  }
}

const editedElsewhere = (): UserError =>
  new UserError(
    'client.edited-elsewhere',
    'Your last change was not saved: another page changed the same part of the draft at the same time',
    'draft of the stimuli',
    'The draft shows the other change. Make yours again if it should replace it.',
  );

/**
 * The draft of a study while a person edits it: each change shows at once, is saved shortly after, and can be undone.
 * Other pages may edit it too: a change is kept as what it changes, and never takes theirs back.
 */
export function useDraft(study: string, state: StimuliState, stored: Draft) {
  const client = useClient();
  const api = useApi();
  const queries = useQueryClient();
  const [unsaved, setUnsaved] = useState<readonly DraftEdit[]>([]);
  const [history, setHistory] = useState<History>({ past: [], future: [] });
  // A frozen set never changes: edits from before it are not taken back.
  const [frozen, setFrozen] = useState(state.frozen?.hash);
  if (state.frozen?.hash !== frozen) {
    setFrozen(state.frozen?.hash);
    setHistory({ past: [], future: [] });
  }
  const [error, setError] = useState<unknown>(null);
  const latest = useRef<readonly DraftEdit[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const classes = state.classes.length;
  const edited = useCallback(
    (from: Draft, edits: readonly DraftEdit[]) => edits.reduce((draft, edit) => applyEdit(draft, edit, classes), from),
    [classes],
  );
  const draft = edited(stored, unsaved);

  const save = useCallback(async () => {
    const wanted = latest.current;
    if (wanted.length === 0) return;
    try {
      const conflicts = await saveEdits(client, study, wanted, classes);
      if (conflicts.length > 0) setError(editedElsewhere());
      await queries.invalidateQueries({ queryKey: api.stimuli.state.key({ input: { study } }) });
    } catch (refused) {
      setError(refused);
      setHistory({ past: [], future: [] });
    }
    // Newer edits are saved next.
    latest.current = latest.current.filter((edit) => !wanted.includes(edit));
    setUnsaved(latest.current);
  }, [api, classes, client, queries, study]);

  // Saves the last change when the screen is left.
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      detach(save());
    },
    [save],
  );

  const update = (edit: DraftEdit): void => {
    setError(null);
    latest.current = [...latest.current, edit];
    setUnsaved(latest.current);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => detach(save()), saveDelay);
  };
  const change = (part: Partial<Draft>): void => {
    const edit = { before: draft, after: { ...draft, ...part } };
    setHistory(({ past }) => ({ past: [...past, edit].slice(-maxHistory), future: [] }));
    update(edit);
  };
  // What another page changed since is passed over.
  const lastMine = history.past.findLastIndex((edit) => canRevert(draft, edit, classes));
  const nextMine = history.future.findIndex((edit) => canRevert(draft, reversed(edit), classes));
  /** Takes back the last change of this page that nobody has changed since. */
  const undo = (): void => {
    const edit = history.past[lastMine];
    if (!edit) return;
    setHistory(({ past, future }) => ({ past: past.slice(0, lastMine), future: [edit, ...future] }));
    update(reversed(edit));
  };
  const redo = (): void => {
    const edit = history.future[nextMine];
    if (!edit) return;
    setHistory(({ past, future }) => ({ past: [...past, edit], future: future.slice(nextMine + 1) }));
    update(edit);
  };
  return {
    /** The current draft, saved or not. */
    draft,
    change,
    undo,
    redo,
    /** The error of the last change, if it was refused. */
    error,
    saved: unsaved.length === 0,
    /** Uses a point as the anchor of a class. */
    setAnchor: (classIndex: number, anchor: AnchorSpec) => {
      const anchors = writtenAnchors(draft, classes);
      const [, ...others] = [anchors[classIndex] ?? []].flat();
      anchors[classIndex] = others.length === 0 ? anchor : [anchor, ...others];
      change({ anchors });
    },
    canUndo: lastMine >= 0,
    canRedo: nextMine >= 0,
  };
}
