import { createElement, type FunctionComponent, useEffect, useState } from 'react';
import { detach } from '../../../main/contract/wire/detach.ts';
import { showRefusal } from './toasts.tsx';

/** A part of a screen whose code is loaded once. */
class Loadable<Props extends object> {
  #loaded: FunctionComponent<Props> | null = null;
  readonly #load: () => Promise<FunctionComponent<Props>>;

  constructor(load: () => Promise<FunctionComponent<Props>>) {
    this.#load = load;
  }

  /** Null: its code is not there yet. */
  get component(): FunctionComponent<Props> | null {
    return this.#loaded;
  }

  load = async (): Promise<void> => {
    this.#loaded ??= await this.#load();
  };
}

const loads: (() => Promise<void>)[] = [];

/** Loads the code of all parts of contributions, one after another. A failed load is tried again when the part is shown. */
export async function loadParts(): Promise<void> {
  for (const load of loads) await load().catch(() => undefined);
}

function Loaded<Props extends object>({ part, given }: { part: Loadable<Props>; given: Props }) {
  const [Component, setComponent] = useState(() => part.component);
  useEffect(() => {
    if (Component === null) detach(part.load().then(() => setComponent(() => part.component), showRefusal));
  }, [Component, part]);
  return Component && <Component {...given} />;
}

/** A part whose code is loaded when it is first shown, or by `loadParts`: the first screen need not wait for it. */
export function later<Props extends object>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  const part = new Loadable(load);
  loads.push(part.load);
  return (given) => createElement(Loaded<Props>, { part, given });
}
