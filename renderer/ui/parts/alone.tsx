import type { ReactNode } from 'react';
import '../alone.css';

export function Sheet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="alone-sheet" aria-label={title}>
      <h1>{title}</h1>
      {children}
    </section>
  );
}

/** A page of one sheet, without the program around it. */
export const AlonePage = ({ title, style, children }: { title: string; style?: string; children: ReactNode }) => (
  <main className={style === undefined ? 'alone' : `alone ${style}`}>
    <Sheet title={title}>{children}</Sheet>
  </main>
);

/** A page whose browser lost its secret, e.g. because site data were cleared. */
export function NoAccess() {
  return (
    <AlonePage title="This browser has no access to the workbench">
      <p className="alone-text">Press Enter in the terminal of the workbench, and open the address that it prints.</p>
    </AlonePage>
  );
}
