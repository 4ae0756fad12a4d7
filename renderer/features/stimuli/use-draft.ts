import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AnchorSpec, ClassAnchors } from '../../../main/contract/study.ts';
import type { Draft, StimuliState } from '../../../main/contract/api/stimuli.ts';
import { useApi, useClient } from '../../client/context.tsx';

/** Milliseconds without further changes before the draft is saved. */
const saveDelay = 250;

export interface DraftTools {
  /** The current draft, saved or not. */
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** Uses a point as the anchor of a class. */
  setAnchor: (classIndex: number, anchor: AnchorSpec) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  /** The error of the last change, if it was refused. */
  error: unknown;
  saved: boolean;
}

interface History {
  past: readonly Draft[];
  future: readonly Draft[];
}

const maxHistory = 100;

/** The draft of a study while a person edits it: each change shows at once, is saved shortly after, and can be undone. */
export function useDraft(study: string, state: StimuliState, stored: Draft): DraftTools {
  const client = useClient();
  const api = useApi();
  const queries = useQueryClient();
  const [mine, setMine] = useState<Draft | null>(null);
  const [history, setHistory] = useState<History>({ past: [], future: [] });
  const [error, setError] = useState<unknown>(null);
  const latest = useRef<Draft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const draft = mine ?? stored;

  const save = useCallback(async () => {
    const wanted = latest.current;
    if (!wanted) return;
    try {
      await client.stimuli.saveDraft({ study, draft: wanted });
      await queries.invalidateQueries({ queryKey: api.stimuli.state.key({ input: { study } }) });
    } catch (refused) {
      setError(refused);
      setHistory({ past: [], future: [] });
    }
    // A newer draft is saved next.
    if (latest.current !== wanted) return;
    latest.current = null;
    setMine(null);
  }, [api, client, queries, study]);

  // Saves the last change when the screen is left.
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      void save();
    },
    [save],
  );

  const update = (next: Draft): void => {
    setError(null);
    setMine(next);
    latest.current = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void save(), saveDelay);
  };
  const change = (part: Partial<Draft>): void => {
    setHistory(({ past }) => ({ past: [...past, draft].slice(-maxHistory), future: [] }));
    update({ ...draft, ...part });
  };
  const undo = (): void => {
    const last = history.past.at(-1);
    if (!last) return;
    setHistory(({ past, future }) => ({ past: past.slice(0, -1), future: [draft, ...future] }));
    update(last);
  };
  const redo = (): void => {
    const [next] = history.future;
    if (!next) return;
    setHistory(({ past, future }) => ({ past: [...past, draft], future: future.slice(1) }));
    update(next);
  };
  return {
    ...{ draft, change, undo, redo, error, saved: mine === null },
    setAnchor: (classIndex, anchor) => {
      // The rule chooses the anchors of classes with an empty list.
      const byRule = (draft.anchorRule?.kind ?? 'best') === 'best' ? 0 : [];
      const anchors: ClassAnchors[] = draft.anchors ? [...draft.anchors] : state.classes.map(() => byRule);
      const [, ...others] = [anchors[classIndex] ?? []].flat();
      anchors[classIndex] = others.length === 0 ? anchor : [anchor, ...others];
      change({ anchors });
    },
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  };
}
