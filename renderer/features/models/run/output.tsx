/** Text as a program wrote it, in a window that scrolls by mouse and by keyboard. */
export function Output({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section className="run-output" tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}
