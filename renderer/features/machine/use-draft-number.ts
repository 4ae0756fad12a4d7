import { useEffect, useState } from 'react';

/** A number field that is saved when it is left, or on Enter, and not while it is typed. */
export function useDraftNumber(stored: number, save: (value: number) => void) {
  const [draft, setDraft] = useState<number | string>(stored);
  useEffect(() => setDraft(stored), [stored]);
  const commit = (): void => {
    const value = Number(draft);
    if (draft === '' || !Number.isInteger(value) || value < 1) setDraft(stored);
    else if (value !== stored) save(value);
  };
  return {
    value: draft,
    onChange: setDraft,
    onBlur: commit,
    onKeyDown: ({ key }: { key: string }) => {
      if (key === 'Enter') commit();
    },
  };
}
