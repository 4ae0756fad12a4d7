import type { CSSProperties } from 'react';

/** Colors of what people or networks did, from 1 (weak) to 5 (strong): see theme.css. */
export const shadeStyle = (voters: 'people' | 'networks', strength: number): CSSProperties => ({
  background: `var(--${voters}-${strength})`,
  color: `var(--${voters}-${strength}-text)`,
});
