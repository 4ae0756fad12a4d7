import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { VolunteerView } from '../../../main/contract/labeling/volunteer.ts';
import type { DeskPort } from './desk-port.ts';
import { measureScreen } from './screen-size.tsx';
import { openTrials, type Place } from './trial-path.ts';
import { Sitting } from './sitting.ts';
import { ImageCache } from '../../ui/pixel-image.tsx';

/** A session as its page works with it. */
export interface Desk {
  view: VolunteerView;
  /** Current answers by trial, each on disk. */
  answers: readonly (number | null)[];
  /** Trials whose time ran out: they stay without an answer. */
  timedOut: ReadonlySet<number>;
  /** Milliseconds that trials have been in focus without an answer; only where images have a time limit. */
  focusMs: Map<number, number>;
  /** When the answer of a trial was taken back, until its time counts again. */
  undoneMs: Map<number, number>;
  images: TrialImages;
  sitting: Sitting;
  /** Whether the sitting has begun, so that something can be stored: not before consent, nor in a session that had ended. */
  hasBegun: boolean;
  /** Whether another window has the same session open: then no image runs out of time by itself. */
  hasOthers: boolean;
  /** True while the researcher is asked for the PIN: nothing is answered, taken back, moved to or seen meanwhile. */
  isHeld: boolean;
  /** True while something cannot be stored. */
  troubled: boolean;
  /** Resolves once the answer is on disk and on the page. */
  answer(trial: number, choice: number, shownMs: number, atMs: number): Promise<void>;
  undo(trial: number, shownMs: number): Promise<void>;
  timeOut(trial: number, shownMs: number): Promise<void>;
  consent(agrees: boolean): Promise<void>;
  /**
   * Ends the session once everything is on disk. Gives false where it goes on: by then more images are without an answer than
   * somebody agreed to leave, as one was taken back.
   */
  finish(blank: number): Promise<boolean>;
  /** Ends the session because its time is up; resolves once everything is on disk. */
  timeUp(): Promise<void>;
}

/** A desk that has not looked around: for other windows, and for the researcher. */
type OpenDesk = Omit<Desk, 'hasOthers' | 'isHeld'>;

export type DeskState = { kind: 'loading' } | { kind: 'failed'; error: unknown } | { kind: 'open'; desk: OpenDesk };

/** Opens the session and keeps its page's state. */
export function useDesk(port: DeskPort): DeskState {
  const [view, setView] = useState<VolunteerView | null>(null);
  const [answers, setAnswers] = useState<readonly (number | null)[]>([]);
  const [timedOut, setTimedOut] = useState<ReadonlySet<number>>(new Set());
  const [focusMs] = useState(() => new Map<number, number>());
  const [undoneMs] = useState(() => new Map<number, number>());
  const [hasBegun, setBegun] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [troubled, setTroubled] = useState(false);
  const sitting = useSitting(port, setTroubled);
  useEffect(() => {
    let isGone = false;
    const open = async (): Promise<void> => {
      const opened = await port.open(await measureScreen());
      if (isGone) return;
      place.current = { answers: opened.answers, timedOut: new Set(opened.timedOut) };
      setAnswers(place.current.answers);
      setTimedOut(place.current.timedOut);
      setBegun(isLive(opened) && (opened.consent === null || opened.consented));
      setView(opened);
    };
    open().catch((reason: unknown) => !isGone && setError(reason));
    return () => {
      isGone = true;
    };
  }, [port]);
  const images = useMemo(() => view && new TrialImages(port, view.trials, view.image), [port, view]);
  /** As the disk has it, before the page is drawn anew. */
  const place = useRef<Place>({ answers, timedOut });
  const set = useCallback((trial: number, choice: number | null) => {
    place.current = { ...place.current, answers: place.current.answers.with(trial, choice) };
    setAnswers(place.current.answers);
  }, []);
  const runOut = useCallback((trial: number) => {
    place.current = { ...place.current, timedOut: new Set(place.current.timedOut).add(trial) };
    setTimedOut(place.current.timedOut);
  }, []);
  const actions = useMemo(
    () => actionsOf({ port, sitting, undoneMs, place, set, runOut, setView, setBegun }),
    [port, sitting, undoneMs, set, runOut],
  );
  if (error !== null) return { kind: 'failed', error };
  if (!view || !images) return { kind: 'loading' };
  return {
    kind: 'open',
    desk: { view, answers, timedOut, focusMs, undoneMs, images, sitting, hasBegun, troubled, ...actions },
  };
}

const isLive = ({ state }: VolunteerView): boolean => state === 'ready' || state === 'active';

function useSitting(port: DeskPort, onTrouble: (isTrouble: boolean) => void): Sitting {
  const trouble = useRef(onTrouble);
  return useMemo(() => new Sitting(port, (isTrouble) => trouble.current(isTrouble)), [port]);
}

interface ActionParts {
  port: DeskPort;
  sitting: Sitting;
  undoneMs: Map<number, number>;
  place: { readonly current: Place };
  set: (trial: number, choice: number | null) => void;
  runOut: (trial: number) => void;
  setBegun: (hasBegun: boolean) => void;
  setView: (change: (view: VolunteerView | null) => VolunteerView | null) => void;
}

function actionsOf({
  port,
  sitting,
  undoneMs,
  place,
  set,
  runOut,
  setBegun,
  setView,
}: ActionParts): Pick<Desk, 'answer' | 'undo' | 'timeOut' | 'consent' | 'finish' | 'timeUp'> {
  const become = (change: Partial<VolunteerView>): void => setView((view) => view && { ...view, ...change });
  return {
    async answer(trial, choice, shownMs, atMs) {
      await sitting.tell({ trial, kind: 'answer', choice, shownMs }, atMs);
      set(trial, choice);
    },
    async undo(trial, shownMs) {
      const at = Sitting.now();
      await sitting.tell({ trial, kind: 'undo', choice: null, shownMs }, at);
      undoneMs.set(trial, at);
      set(trial, null);
    },
    async timeOut(trial, shownMs) {
      await sitting.tell({ trial, kind: 'timeout', choice: null, shownMs }, Sitting.now());
      runOut(trial);
    },
    async consent(agrees) {
      await port.consent(agrees);
      if (agrees) setBegun(true);
      become(agrees ? { consented: true } : { state: 'declined' });
    },
    async finish(blank) {
      const hasEnded = await sitting.finish(blank > 0, () => openTrials(place.current).length <= blank);
      if (hasEnded) become({ state: 'finished' });
      return hasEnded;
    },
    async timeUp() {
      await sitting.timeUp();
      // Whoever had finished by then is done.
      setView((view) => view && { ...view, state: view.state === 'finished' ? 'finished' : 'time-up' });
    },
  };
}

/** Trials that are fetched at a time, and how far ahead. */
const chunk = 50;

/** Images of a session's trials, fetched some time before they are shown. */
export class TrialImages {
  readonly #port: DeskPort;
  readonly #trials: number;
  readonly #size: { width: number; height: number };
  readonly #chunks = new Map<number, Promise<Uint8Array>>();
  readonly #canvases = new ImageCache(1000);

  constructor(port: DeskPort, trials: number, size: { width: number; height: number }) {
    this.#port = port;
    this.#trials = trials;
    this.#size = size;
  }

  /** The image of a trial as a canvas of its own size. */
  async canvas(trial: number): Promise<HTMLCanvasElement> {
    const { width, height } = this.#size;
    const first = trial - (trial % chunk);
    const pixels = await this.#fetch(first);
    const at = (trial - first) * width * height;
    return this.#canvases.canvas(trial, pixels.subarray(at, at + width * height), width, height);
  }

  /** Has images ready for `count` trials from here on. */
  prepare(trial: number, count: number): void {
    for (let first = trial - (trial % chunk); first < Math.min(trial + count, this.#trials); first += chunk) {
      this.#fetch(first).catch(() => undefined);
    }
  }

  #fetch(first: number): Promise<Uint8Array> {
    const known = this.#chunks.get(first);
    if (known) return known;
    const fetched = this.#port.images(first, Math.min(chunk, this.#trials - first));
    this.#chunks.set(first, fetched);
    // Asked for again the next time.
    fetched.catch(() => this.#chunks.delete(first));
    return fetched;
  }
}
