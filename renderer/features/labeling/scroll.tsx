import type { ReactNode } from 'react';

/** A window onto something long, which the arrow keys scroll once it has the focus. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="labeling-scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
