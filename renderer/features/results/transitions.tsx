import type { CompareResult } from '../../../main/contract/api/results-compare.ts';
import { typeNames as allTypes } from '../../../main/contract/exhibit.ts';
import { TypeBadge } from '../../ui/badges.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { useOpenImages } from './address.ts';
import { Opened } from './quantity.tsx';
import { typeMeaning, typeName } from './type-names.ts';

/** Which images have which type on each side; those with a type on one side only are told apart. */
export function Transitions({ result: { transitions, changed, typed, typedOnce } }: { result: CompareResult }) {
  const people = usePeople();
  return (
    <section className="results-section" aria-labelledby="changed">
      <h2 id="changed">
        Types on both sides{' '}
        <span className="soft">
          {typed === 0 ? (
            'no image has one on both sides'
          ) : (
            <>
              <Images ids={changed.map(({ image }) => image)} title="Images that changed type" label="changed type" />{' '}
              of {typed} changed type
            </>
          )}
        </span>
      </h2>
      {typed > 0 && (
        <table className="plain-table transitions">
          <thead>
            <tr>
              <th scope="col">First \ second</th>
              {allTypes.map((type) => (
                <th key={type} scope="col">
                  <TypeBadge type={type} /> {typeMeaning(type, people)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {allTypes.map((a) => (
              <tr key={a}>
                <th scope="row">
                  <TypeBadge type={a} /> {typeMeaning(a, people)}
                </th>
                {allTypes.map((b) => {
                  const title = `${typeName(a, people)}, then ${typeName(b, people)}`;
                  const ids = transitions.find((each) => each.a === a && each.b === b)?.images ?? [];
                  return (
                    <td key={b} className={a === b ? 'soft' : ''}>
                      <Images ids={ids} title={title} label={title} bare />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <TypedOnce {...typedOnce} />
    </section>
  );
}

interface ImagesProps {
  ids: readonly number[];
  title: string;
  label: string;
  /** The number alone. */
  bare?: boolean;
}

function Images({ ids, title, label, bare = false }: ImagesProps) {
  const open = useOpenImages();
  return (
    <Opened label={label} onOpen={ids.length > 0 ? () => open.images(ids, title) : undefined}>
      {ids.length}
      {!bare && (ids.length === 1 ? ' image' : ' images')}
    </Opened>
  );
}

function TypedOnce({ first, second }: CompareResult['typedOnce']) {
  if (first.length + second.length === 0) return null;
  return (
    <p className="help-note">
      Not counted as changed:{' '}
      {first.length > 0 && (
        <>
          <Images ids={first} title="Images with a type in the first only" label="with a type in the first only" /> with
          a type in the first only
        </>
      )}
      {first.length > 0 && second.length > 0 && ', '}
      {second.length > 0 && (
        <>
          <Images ids={second} title="Images with a type in the second only" label="with a type in the second only" />{' '}
          with a type in the second only
        </>
      )}
      . A type needs two labels and two networks.
    </p>
  );
}
