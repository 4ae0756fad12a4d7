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
