import { ScrollBox } from '../../../ui/plain-table.tsx';

/** Text as a program wrote it, in a window that scrolls by mouse and by keyboard. */
export function Output({ text, label }: { text: string; label: string }) {
  return (
    <ScrollBox label={label} className="run-output">
      <pre>{text}</pre>
    </ScrollBox>
  );
}
