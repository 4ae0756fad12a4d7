import type { ReactNode } from 'react';

/** A scrolling element must be reachable by keyboard. */
const reachable = { tabIndex: 0 };

/** A box that scrolls by mouse and keyboard, for content that may be larger than its place. */
export function ScrollBox({ label, className = 'scroll-x', children }: ScrollBoxProps) {
  return (
    <section className={className} aria-label={label} {...reachable}>
      {children}
    </section>
  );
}

interface ScrollBoxProps {
  /** Accessible name. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** One row of column headings. `numeric`: those of columns of numbers. */
export function TableHead({ names, numeric = [] }: { names: readonly string[]; numeric?: readonly string[] }) {
  return (
    <thead>
      <tr>
        {withKeys(names).map(({ key, item: name }) => (
          <th key={key} scope="col" data-numeric={numeric.includes(name) || undefined}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Items with React keys by position, for items without a unique name. */
export const withKeys = <T,>(items: readonly T[]): { key: string; item: T; place: number }[] =>
  items.map((item, place) => ({ key: `place-${place}`, item, place }));
