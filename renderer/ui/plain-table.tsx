import type { ReactNode } from 'react';

/** What scrolls must be reachable without a mouse. */
const reachable = { tabIndex: 0 };

/** Content that may be wider or higher than its place, and scrolls there by mouse and by keyboard. */
export function ScrollBox({ label, className = 'scroll-x', children }: ScrollBoxProps) {
  return (
    <section className={className} aria-label={label} {...reachable}>
      {children}
    </section>
  );
}

export interface ScrollBoxProps {
  /** What a reader hears. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** The heading of each column, in one row. */
export function TableHead({ names }: { names: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Things that are known by their place, with a key for React: two of them may be called the same. */
export const withKeys = <T,>(items: readonly T[]): { key: string; item: T; place: number }[] =>
  items.map((item, place) => ({ key: `place-${place}`, item, place }));
