import { createContext, useContext } from 'react';

const Simulated = createContext(false);

/** Says of all below it whether its labels are simulated: words, badges and what is saved follow. */
export const RehearsalProvider = Simulated.Provider;

/** Whether the labels that this part of the page shows are simulated. */
export const useRehearsal = (): boolean => useContext(Simulated);

/** Who labelled: `people`, or `simulated labelers`. */
export const peopleWord = (rehearsal: boolean): string => (rehearsal ? 'simulated labelers' : 'people');

/** Who labelled what this part of the page shows. */
export const usePeople = (): string => peopleWord(useRehearsal());

/** At the start of a sentence. */
export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
