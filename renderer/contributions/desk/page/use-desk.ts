import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import type { ImageSize } from '../../../../main/domain/data/index.ts';
import type { DeskPort } from './desk-port.ts';
import { measureScreen } from './screen-size.tsx';
import { unansweredTrials, type AnswerState } from './trial-path.ts';
import { Sitting } from './sitting.ts';
import { imageAt, ImageCache } from '../../../ui/images/index.ts';
import { detach } from '../../../../main/contract/wire/index.ts';

/** The state and actions of a labeling page. */
export interface Desk extends AnswerState {
  view: VolunteerView;
  /** Milliseconds that each trial was in focus without an answer; only if images have a time limit. */
  focusMs: Map<number, number>;
  /** When the answer of a trial was taken back, until its time limit runs again. */
  undoneMs: Map<number, number>;
  images: TrialImages;
  sitting: Sitting;
  /** Whether events can be stored: not before consent, nor in a session that has ended. */
  hasBegun: boolean;
  /** Whether another window has the same session open. Images then do not time out by themselves. */
  hasOtherWindows: boolean;
  /** True while the PIN form is open: the page shows no image and accepts no input. */
  isHeld: boolean;
  /** True while something cannot be stored. */
  troubled: boolean;
  /** True while images cannot be loaded. */
  lacksImages: boolean;
  /** Resolves once the answer is on disk and on the page. */
  answer(trial: number, choice: number, shownMs: number, atMs: number): Promise<void>;
  undo(trial: number, shownMs: number): Promise<void>;
  timeOut(trial: number, shownMs: number): Promise<void>;
  consent(agrees: boolean): Promise<void>;
  /**
   * Ends the session once everything is on disk. Returns false if it continues, because an answer was taken back
   * meanwhile and more than `blank` images now have none.
   */
  finish(blank: number): Promise<boolean>;
  /** Ends the session because its time is up; resolves once everything is on disk. */
  timeUp(): Promise<void>;
}

type OpenDesk = Omit<Desk, 'hasOtherWindows' | 'isHeld'>;

type DeskState = { kind: 'loading' } | { kind: 'failed'; error: unknown } | { kind: 'open'; desk: OpenDesk };

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
  const [lacksImages, setLacksImages] = useState(false);
  const sitting = useSitting(port, setTroubled);
  useEffect(() => {
    let isUnmounted = false;
    const open = async (): Promise<void> => {
      const opened = await port.open(await measureScreen());
      if (isUnmounted) return;
      place.current = { answers: opened.answers, timedOut: new Set(opened.timedOut) };
      setAnswers(place.current.answers);
      setTimedOut(place.current.timedOut);
      setBegun(isLive(opened) && (opened.consent === null || opened.consented));
      setView(opened);
    };
    open().catch((reason: unknown) => !isUnmounted && setError(reason));
    return () => {
      isUnmounted = true;
    };
  }, [port]);
  const images = useMemo(() => view && new TrialImages(port, view.trials, view.image, setLacksImages), [port, view]);
  useEffect(() => images?.keepLoading(), [images]);
  /** The answers on disk, which the page may not show yet. */
  const place = useRef<AnswerState>({ answers, timedOut });
  const set = useCallback((trial: number, choice: number | null) => {
    place.current = { ...place.current, answers: place.current.answers.with(trial, choice) };
    setAnswers(place.current.answers);
  }, []);
  const runOut = useCallback((trial: number) => {
    place.current = { ...place.current, timedOut: new Set(place.current.timedOut).add(trial) };
    setTimedOut(place.current.timedOut);
  }, []);
  const actions = useMemo(
    () => deskActions({ port, sitting, undoneMs, place, set, runOut, setView, setBegun }),
    [port, sitting, undoneMs, set, runOut],
  );
  if (error !== null) return { kind: 'failed', error };
  if (!view || !images) return { kind: 'loading' };
  return {
    kind: 'open',
    desk: { view, answers, timedOut, focusMs, undoneMs, images, sitting, hasBegun, troubled, lacksImages, ...actions },
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
  place: { readonly current: AnswerState };
  set: (trial: number, choice: number | null) => void;
  runOut: (trial: number) => void;
  setBegun: (hasBegun: boolean) => void;
  setView: (change: (view: VolunteerView | null) => VolunteerView | null) => void;
}

/** What a person does on the page: stored first, then shown. */
export function deskActions({
  port,
  sitting,
  undoneMs,
  place,
  set,
  runOut,
  setBegun,
  setView,
}: ActionParts): Pick<Desk, 'answer' | 'undo' | 'timeOut' | 'consent' | 'finish' | 'timeUp'> {
  const updateView = (change: Partial<VolunteerView>): void => setView((view) => view && { ...view, ...change });
  return {
    async answer(trial, choice, shownMs, atMs) {
      await sitting.add({ trial, kind: 'answer', choice, shownMs }, atMs);
      set(trial, choice);
    },
    async undo(trial, shownMs) {
      const at = Sitting.now();
      await sitting.add({ trial, kind: 'undo', choice: null, shownMs }, at);
      undoneMs.set(trial, at);
      set(trial, null);
    },
    async timeOut(trial, shownMs) {
      await sitting.add({ trial, kind: 'timeout', choice: null, shownMs }, Sitting.now());
      runOut(trial);
    },
    async consent(agrees) {
      await port.consent(agrees);
      if (agrees) setBegun(true);
      updateView(agrees ? { consented: true } : { state: 'declined' });
    },
    async finish(blank) {
      const hasEnded = await sitting.finish(blank > 0, () => unansweredTrials(place.current).length <= blank);
      if (hasEnded) updateView({ state: 'finished' });
      return hasEnded;
    },
    async timeUp() {
      await sitting.timeUp();
      // A session that was finished before stays finished.
      setView((view) => view && { ...view, state: view.state === 'finished' ? 'finished' : 'time-up' });
    },
  };
}

/** Trials fetched at a time. */
const chunk = 50;
/** Milliseconds before images that could not be loaded are requested again. */
const imageRetryInterval = 1000;

/** Images of a session's trials, fetched before they are shown, and again until they arrive. */
export class TrialImages {
  readonly #port: DeskPort;
  readonly #trials: number;
  readonly #size: ImageSize;
  readonly #chunks = new Map<number, Promise<Uint8Array>>();
  readonly #canvases = new ImageCache(1000);
  readonly #onMissing: (isMissing: boolean) => void;
  #isClosed = false;

  /** @param onMissing called with true when images cannot be loaded, and with false once they are */
  constructor(port: DeskPort, trials: number, size: ImageSize, onMissing: (isMissing: boolean) => void) {
    this.#onMissing = onMissing;
    this.#port = port;
    this.#trials = trials;
    this.#size = size;
  }

  /** The image of a trial as a canvas of its own size. */
  async canvas(trial: number): Promise<HTMLCanvasElement> {
    const first = trial - (trial % chunk);
    const pixels = await this.#fetch(first);
    return this.#canvases.canvas(trial, imageAt(pixels, this.#size, trial - first), this.#size);
  }

  /** Fetches the images of `count` trials from `trial` on. */
  prepare(trial: number, count: number): void {
    for (let first = trial - (trial % chunk); first < Math.min(trial + count, this.#trials); first += chunk) {
      detach(this.#fetch(first));
    }
  }

  #fetch(first: number): Promise<Uint8Array> {
    const fetched = this.#chunks.get(first) ?? this.#untilLoaded(first);
    this.#chunks.set(first, fetched);
    return fetched;
  }

  /** Retries failed loads until the returned function is called: the page closes. */
  keepLoading(): () => void {
    this.#isClosed = false;
    return () => {
      this.#isClosed = true;
    };
  }

  async #untilLoaded(first: number): Promise<Uint8Array> {
    for (let isMissing = false; ; isMissing = true) {
      try {
        const pixels = await this.#port.images(first, Math.min(chunk, this.#trials - first));
        if (isMissing && !this.#isClosed) this.#onMissing(false);
        return pixels;
      } catch {
        if (this.#isClosed) return new Promise(() => undefined);
        this.#onMissing(true);
        await new Promise((resolve) => setTimeout(resolve, imageRetryInterval));
      }
    }
  }
}
