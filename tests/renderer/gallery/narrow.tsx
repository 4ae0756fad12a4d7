import { useRef } from 'react';
import { PartsAt } from '../../../renderer/ui/places/place.tsx';
import { RehearsalProvider } from '../../../renderer/ui/words/rehearsal.tsx';

const mixed = 'color-mix(in srgb, var(--people) 50%, var(--surface))';
const halfLetter = '\u{1F600}'.slice(0, 1);

/** A drawing narrower than its words; a color that is mixed, half a letter and a control character in a name. */
export function Narrow() {
  const drawing = useRef<SVGSVGElement>(null);
  return (
    <RehearsalProvider value>
      <svg ref={drawing} width="50" height="50" aria-hidden="true">
        <rect width="50" height="50" fill={mixed} />
        <text y="20">{`x${halfLetter}\u0001`}</text>
      </svg>
      <PartsAt
        place="export.menu"
        title="Narrow"
        n="as many images as there are in all of the pairs that can be made of ten classes"
        picture={() => drawing.current}
        legend={[{ name: 'people', color: mixed }]}
      />
    </RehearsalProvider>
  );
}
