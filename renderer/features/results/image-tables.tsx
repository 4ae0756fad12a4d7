import type { ImageDetail } from '../../../main/contract/api/results-compare.ts';
import { ArchitectureMark, TypeBadge } from '../../ui/badges.tsx';
import { fixed } from '../../ui/numbers.ts';
import { votesText } from '../../ui/strip-votes.ts';
import { Undefined } from '../../ui/values.tsx';
import { useParameters } from './address.ts';
import { useChoice } from './choice.tsx';

const most = 400;

/** Its type under each group. */
export function ImageGroups({ image: { groups } }: { image: ImageDetail }) {
  const { overview } = useChoice();
  return (
    <section aria-labelledby="image-groups">
      <h3 id="image-groups">Under each group</h3>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col">Type</th>
            <th scope="col">Votes</th>
            <th scope="col">Divergence (bits)</th>
          </tr>
        </thead>
        <tbody>
          {groups.slice(0, most).map(({ title, type, exception, votes, divergence }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>
                {type ? <TypeBadge type={type} /> : <Undefined reason="fewer than two labels or networks" />}
                {exception && ' exception'}
              </td>
              <td>{votesText(votes, overview.classes)}</td>
              <td>{divergence === null ? <Undefined reason="nobody has labelled it" /> : fixed(divergence, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Every label that people gave, with its time and what it replaced. */
export function ImageLabels({ image: { labels } }: { image: ImageDetail }) {
  const { overview } = useChoice();
  const name = (label: number | null): string =>
    label === null ? 'blank' : (overview.classes[label] ?? String(label));
  return (
    <section aria-labelledby="image-labels">
      <h3 id="image-labels">
        Labels <span className="soft">n = {labels.filter(({ label }) => label !== null).length}</span>
      </h3>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Labeler</th>
            <th scope="col">Label</th>
            <th scope="col">When</th>
            <th scope="col">Before</th>
          </tr>
        </thead>
        <tbody>
          {labels.slice(0, most).map(({ labelerId, pseudonym, simulated, label, at, earlier }) => (
            <tr key={labelerId}>
              <th scope="row">
                {pseudonym}
                {simulated && <span className="soft"> simulated</span>}
              </th>
              <td>{name(label)}</td>
              <td>{at === null ? '' : <time dateTime={at}>{new Date(at).toLocaleString()}</time>}</td>
              <td>{earlier.map((each) => name(each.label)).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What each network says; its name opens its run. */
export function ImagePredictions({ image: { predictions, i, j } }: { image: ImageDetail }) {
  const { overview } = useChoice();
  const [, change] = useParameters();
  const name = (k: number): string => overview.classes[k] ?? String(k);
  return (
    <section aria-labelledby="image-predictions">
      <h3 id="image-predictions">
        Networks <span className="soft">n = {predictions.length}</span>
      </h3>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">Label</th>
            <th scope="col">Softmax</th>
            <th scope="col">{name(i)}</th>
            <th scope="col">{name(j)}</th>
          </tr>
        </thead>
        <tbody>
          {predictions.slice(0, most).map(({ key, name: title, architecture, runId, label, softmax }) => (
            <tr key={key}>
              <th scope="row">
                <button type="button" className="link-button" onClick={() => change({ run: String(runId) })}>
                  <ArchitectureMark kind={architecture.toLowerCase()}>{title}</ArchitectureMark>
                </button>
              </th>
              <td>{name(label)}</td>
              <td>{fixed(softmax[label] ?? 0, 3)}</td>
              <td>{fixed(softmax[i] ?? 0, 3)}</td>
              <td>{fixed(softmax[j] ?? 0, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
