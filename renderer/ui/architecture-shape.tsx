const shapes: Record<string, string> = {
  mlp: 'M4.5 0A4.5 4.5 0 1 1 -4.5 0A4.5 4.5 0 1 1 4.5 0Z',
  cnn: 'M-4 -4H4V4H-4Z',
  vit: 'M0 -4.8L5 4.2H-5Z',
};
const diamond = 'M0 -5L5 0L0 5L-5 0Z';

/** The colour of an architecture, as a CSS value. */
export const architectureColour = (kind: string): string =>
  kind in shapes ? `var(--${kind})` : 'var(--other-architecture)';

/** The mark of an architecture around (0, 0), about 10 units wide; inside of an <svg>. */
export function ArchitectureShape({ kind }: { kind: string }) {
  return <path d={shapes[kind] ?? diamond} fill={architectureColour(kind)} />;
}
