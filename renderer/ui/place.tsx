import { type Place, type Places, partsAt } from './places.ts';

/** What contributions add to a place. */
export function PartsAt<Each extends Place>({ place, ...given }: { place: Each } & Places[Each]) {
  return partsAt(place).map(({ name, Part }) => <Part key={name} {...(given as unknown as Places[Each])} />);
}
