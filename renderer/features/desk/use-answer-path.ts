import { useState } from 'react';

/** Which answer led to which trial, so that Backspace takes back what was answered last, wherever that was. */
export interface AnswerPath {
  add(trial: number, next: number): void;
  /** The trial whose answer led to this one; where none did, e.g. after an arrow key, its neighbour; -1: none. */
  before(trial: number): number;
  /** The last answer was taken back. */
  back(): void;
}

export function useAnswerPath(): AnswerPath {
  const [path] = useState(newPath);
  return path;
}

function newPath(): AnswerPath {
  const steps: { trial: number; next: number }[] = [];
  return {
    add: (trial, next) => void steps.push({ trial, next }),
    before: (trial) => {
      const last = steps.at(-1);
      return last?.next === trial ? last.trial : trial - 1;
    },
    back: () => void steps.pop(),
  };
}
