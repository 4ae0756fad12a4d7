import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ScrollBox } from './plain-table.tsx';

/** Program output in a box that scrolls by mouse and keyboard. */
export function Output({ text, label }: { text: string; label: string }) {
  if (text === '') return <Text size="sm">No output.</Text>;
  return (
    <ScrollBox label={label} className="run-output">
      <pre>{text}</pre>
    </ScrollBox>
  );
}

/** A part of a page with its title. */
export const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h3>{title}</h3>
    {children}
  </section>
);
