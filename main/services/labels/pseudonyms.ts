import { randomInt } from 'node:crypto';
import { codeCharacters, pseudonymLength } from '../../domain/labeling/pseudonym.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** Random letters and digits that are not confused with each other. */
export const randomCharacters = (count: number): string =>
  Array.from({ length: count }, () => codeCharacters[randomInt(codeCharacters.length)]).join('');

/** Returns a function that reserves a pseudonym, or returns true if the study has used it, also for people who withdrew. */
export function takenNames({ storage }: Workbench, studyId: number): (pseudonym: string) => boolean {
  const people = [
    ...storage.labeling.sessions.ofStudy(studyId),
    ...storage.labelers.ofStudy(studyId),
    ...storage.labelers.allPeople(studyId),
  ];
  const taken = new Set(people.map(({ pseudonym }) => pseudonym));
  const withdrawn = storage.labeling.withdrawals.lookup(studyId);
  return (pseudonym) => {
    const isTaken = taken.has(pseudonym) || withdrawn.find({ source: '', pseudonym }) !== undefined;
    taken.add(pseudonym);
    return isTaken;
  };
}

/** A random pseudonym, which reveals nothing about the person, not even who came first. */
export function newPseudonym(isTaken: (pseudonym: string) => boolean): string {
  for (;;) {
    const pseudonym = `P-${randomCharacters(pseudonymLength)}`;
    if (!isTaken(pseudonym)) return pseudonym;
  }
}
