import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { PeopleAlone } from '../../../main/contract/api/results.ts';
import { useApi } from '../../client/context.tsx';
import { formatCount, formatInteger, peopleWord } from '../../../main/domain/format.ts';
import { capitalize } from '../../ui/rehearsal.tsx';
import { Undefined } from '../../ui/values.tsx';
import { AgreeHeads } from './agree-heads.tsx';
import { useOpenImages } from './address.ts';
import { Answered } from './answered.tsx';
import { useChoice } from './choice.tsx';
import { LeaveOneOut } from './leave-one-out.tsx';
import { Opened } from './quantity.tsx';
import { labelersText } from './units.ts';
import { QuantityTable } from './quantity-table.tsx';

/** What people alone say, where no network has answered: on which images they agree, and how far. */
export function PeopleView() {
  const api = useApi();
  const { study, labelers } = useChoice();
  const people = useQuery(
    api.results.people.queryOptions({ input: { study, labelers }, placeholderData: keepPreviousData }),
  );
  return (
    <Answered query={people}>
      {(data) => (
        <>
          <Images of={data} />
          <Measures of={data} />
        </>
      )}
    </Answered>
  );
}

/** On how many images they agree, each count with its images. */
function Images({ of }: { of: PeopleAlone }) {
  const open = useOpenImages();
  const people = peopleWord(of);
  const { undetermined, leaveOneOut } = of;
  return (
    <section className="results-section" aria-labelledby="people-alone">
      <h2 id="people-alone">
        {capitalize(people)} alone <span className="soft">Who disagrees, n = {labelersText(of.labelers, people)}</span>
      </h2>
      <table className="type-table">
        <thead>
          <tr>
            <AgreeHeads people={people} />
          </tr>
        </thead>
        <tbody>
          <tr>
            <Count of={of} images={of.agree} name={`${capitalize(people)} agree`} />
            <Count of={of} images={of.disagree} name={`${capitalize(people)} disagree`} />
          </tr>
        </tbody>
      </table>
      <p className="help-note">
        {undetermined.length > 0 && (
          <>
            <Opened
              onOpen={() => open.images(undetermined, 'Images with fewer than two labels')}
              label="with fewer than two labels"
            >
              {formatCount(undetermined.length, 'image')}
            </Opened>{' '}
            {undetermined.length === 1 ? 'has' : 'have'} fewer than two labels.{' '}
          </>
        )}
        <LeaveOneOut of={leaveOneOut} people={people} />
      </p>
    </section>
  );
}

interface CountProps {
  of: PeopleAlone;
  images: readonly number[];
  name: string;
}

function Count({ of: { peopleDisagree }, images, name }: CountProps) {
  const open = useOpenImages();
  if (peopleDisagree.undefined !== null) {
    return (
      <td data-class="people">
        <strong className="type-count">
          <Undefined reason={peopleDisagree.undefined} />
        </strong>
      </td>
    );
  }
  return (
    <td data-class="people">
      <strong className="type-count">
        <Opened onOpen={images.length > 0 ? () => open.images(images, name) : undefined} label={name}>
          {formatInteger(images.length)}
        </Opened>
      </strong>{' '}
      <span className="soft">of {formatCount(peopleDisagree.n ?? 0, 'image')}</span>
    </td>
  );
}

/** The same as shares and coefficients, each with its interval, n and what the paper says. */
function Measures({ of }: { of: PeopleAlone }) {
  const open = useOpenImages();
  const people = peopleWord(of);
  const { disagree } = of;
  return (
    <QuantityTable
      id="people-measures"
      title={`How far ${people} agree`}
      heading="Labelers"
      rows={[of]}
      rowName={() => capitalize(people)}
      columns={[
        { name: 'Any differ', of: ({ peopleDisagree }) => peopleDisagree, unit: '%' },
        { name: 'Two differ', of: ({ pairwise }) => pairwise, unit: '%' },
        { name: 'Krippendorff’s α', of: ({ krippendorff }) => krippendorff, decimals: 3 },
        { name: 'Fleiss’ κ', of: ({ fleiss }) => fleiss, decimals: 3 },
        { name: 'Cohen’s κ of two', of: ({ cohen }) => cohen, decimals: 3 },
        { name: 'Entropy of an image’s labels (bits)', of: ({ entropy }) => entropy, decimals: 3 },
      ]}
      onOpen={(column) =>
        column < 2 && disagree.length > 0 ? () => open.images(disagree, `${capitalize(people)} disagree`) : undefined
      }
    />
  );
}
