import { labelersOf } from '../../analysis/labels/answers.ts';
import type { ImageClass, Types } from '../../analysis/outcomes/image-types.ts';
import { differencesFromPaper } from '../differences.ts';
import { formatCount, peopleWord } from '../../domain/numbers/format.ts';
import { inWords } from '../../exhibits/parts/study-numbers.ts';
import { meanStd, moment, number, ofTotal, percent } from '../format.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { findingOf } from '../../exhibits/finding.ts';
import { noGroups, peopleAlone, type View } from '../../exhibits/view.ts';
import { section } from '../frame.ts';
import { shownInstead } from './contributed.ts';
import { targetTitle, stopAt } from '../../domain/numbers/targets.ts';

/** Title, question, and what the reader must know before any number. */
export function header(view: View): Html {
  const { study, createdAt, product } = view.data;
  return html`<header>
    ${view.rehearsal && rehearsalBanner(view)}
    <p class="kicker">Boundary Workbench · study ${study.name}</p>
    <h1>${study.title}</h1>
    ${study.question !== '' && html`<p class="question">${study.question}</p>`}
    <p class="meta">${moment(createdAt)} · version ${product.version}${product.commit !== null && ` (${product.commit})`}</p>
    ${paperNotice(view)}
  </header>`;
}

function rehearsalBanner(view: View): Html {
  const count = labelersOf(view.data.labelers?.people).length;
  return html`<p class="banner rehearsal">
    <strong class="rehearsal-word">Rehearsal</strong> The labels in this report come from simulated
    labelers (${count}), not from people. The numbers show that the study works; they say nothing about people.
  </p>`;
}

function paperNotice(view: View): Html {
  const differences = view.paper ? differencesFromPaper(view.data) : [];
  if (differences.length === 0) return nothing;
  return html`<p class="notice" id="not-the-paper">
    <strong>These numbers must not be read as the paper’s.</strong> This study differs from it: ${inWords(differences)}.
  </p>`;
}

/** Findings, in sentences, and what was left out. */
export function summary(view: View): Html {
  const { warnings } = view.data;
  const found = [findings(view), contributedFindings(view)];
  return section(
    'found',
    'Findings',
    html`<div class="found${view.rehearsal ? ' rehearsal' : ''}">
        ${view.rehearsal && html`<strong class="rehearsal-word">Rehearsal</strong>`} ${found}
      </div>
      ${
        warnings.length > 0 &&
        html`<h3>Warnings and exclusions</h3>
          <ul class="warnings">
            ${warnings.map((warning) => html`<li>${warning}</li>`)}
          </ul>`
      }`,
  );
}

function findings(view: View): Content {
  const first = view.groups[0] ?? null;
  const shown = shownInstead(view);
  if (!first && !peopleAlone(view)) return shown.length > 0 ? shown : html`<p>${noGroups(view)}</p>`;
  const { sentence, why, holds } = findingOf(view, first);
  return html`<p>${[sentence, why, !first && noGroups(view)].filter(Boolean).join(' ')}</p>
    ${holds !== null && html`<p>${holds}</p>`}
    ${first ? [aboutPeople(view), trend(view)] : [ofPeopleAlone(view), shown]}`;
}

/** What contributions found. */
const contributedFindings = ({ data }: View): Content =>
  data.contributed.flatMap(({ findings: found = [] }) => found.map((sentence) => html`<p>${sentence}</p>`));

/** What else is known of people where no network has answered. */
function ofPeopleAlone({ data }: View): Content {
  const { humans } = data.analysis ?? {};
  if (!humans || humans.disagree_pct === null) return nothing;
  const { mean, std } = humans.pairwise_disagreement_pct;
  const alpha = humans.krippendorff_alpha;
  const sentences = [
    ...(mean === null || std === null
      ? []
      : [html`Two of them differ on ${meanStd(mean, std, [1, 1], ' %')} of the images that both labeled.`]),
    ...(alpha === null ? [] : [html`Krippendorff’s α is ${number(alpha, 3)}.`]),
  ];
  return sentences.length > 0 && html`<p>${sentences.map((sentence) => html`${sentence} `)}</p>`;
}

/** What people do on all images, beyond those where networks differ. */
function aboutPeople(view: View): Content {
  const types = view.groups[0]?.group.types;
  if (!types || types.n_images === 0) return nothing;
  const { counts, n_exception: exceptions } = types;
  const disagree = counts.both_disagree + counts.type_c;
  return html`<p>${view.people} disagree on ${ofTotal(disagree, types.n_images)} (${percent((100 * disagree) / types.n_images)}), on
    ${counts.type_c} of these only ${peopleWord(view)} (type C).${
      exceptions > 0 &&
      ` On ${formatCount(exceptions, 'image')} the networks agree on another label than ${peopleWord(view)}.`
    }</p>`;
}

const share = (types: Types, name: ImageClass): number => (100 * types.counts[name]) / types.n_images;

/** From the lowest to the highest target of one stop rule. */
function trend(view: View): Content {
  const [first] = view.groups;
  const rule = first && stopAt(first.target).by;
  const last = view.groups.findLast(({ target }) => stopAt(target).by === rule);
  if (!first || !last || first === last) return nothing;
  const [from, to] = [first.group.types, last.group.types];
  if (!from?.n_images || !to?.n_images) return nothing;
  return html`<p>
    From ${rule === 'accuracy' ? first.target : targetTitle(first.target)} to ${targetTitle(last.target)} the share of type A went from ${percent(share(from, 'type_a'))} to
    ${percent(share(to, 'type_a'))}, that of type C from ${percent(share(from, 'type_c'))} to ${percent(share(to, 'type_c'))}.
  </p>`;
}
