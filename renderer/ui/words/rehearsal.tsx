import { createContext, useContext } from 'react';
import { peopleWord } from '../../../main/domain/numbers/format.ts';

const Simulated = createContext(false);

/** Whether the labels shown below are simulated; texts, badges and exports follow it. */
export const RehearsalProvider = Simulated.Provider;

export const useRehearsal = (): boolean => useContext(Simulated);

/** Who labeled the images in this part of the page. */
export const usePeople = (): string => peopleWord({ rehearsal: useRehearsal() });

export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
