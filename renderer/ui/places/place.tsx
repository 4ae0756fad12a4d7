import type { ReactNode } from 'react';
import { type Place, type Places, partsAt } from './places.ts';

/** What contributions add to a place; `otherwise`: what stands there if none does. */
export function PartsAt<Each extends Place>({
  place,
  otherwise = null,
  ...given
}: { place: Each; otherwise?: ReactNode } & Places[Each]) {
  const parts = partsAt(place);
  if (parts.length === 0) return otherwise;
  return parts.map(({ name, Part }) => <Part key={name} {...(given as unknown as Places[Each])} />);
}
