import { labelersOf } from '../../analysis/labels/answers.ts';
import type { ImageClass, Types } from '../../analysis/outcomes/image-types.ts';
import { differencesFromPaper } from '../differences.ts';
import { formatCount, peopleWord } from '../../domain/numbers/format.ts';
import { inWords, peopleNumber } from '../../exhibits/parts/study-numbers.ts';
import { interval, meanStd, moment, number, ofTotal, percent } from '../format.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { noPeople } from '../../exhibits/parts/reasons.ts';
import { noGroups, peopleAlone, type View } from '../../exhibits/view.ts';
import { section } from '../frame.ts';
import { shownInstead } from './contributed.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import { targetTitle, targetOfKey, stopAt } from '../../domain/numbers/targets.ts';

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
  const first = view.groups[0];
  const images = view.data.analysis?.meta.n_images ?? 0;
  const shown = shownInstead(view);
  if (peopleAlone(view)) return [ofPeopleAlone(view), shown];
  if (!first) return shown.length > 0 ? shown : html`<p>${noGroups(view)}</p>`;
  const { target, group } = first;
  const share = group.table2.all_disagree_pct;
  if (share === null)
    return html`<p>At ${targetTitle(target)} there are fewer than two networks, so nothing can be said about disagreement.</p>`;
  const count = Math.round((share * images) / 100);
  const answer =
    count === 0
      ? 'gave the same label to every image'
      : html`did not agree on ${ofTotal(count, images)} images (${percent(share)}), ${stopAt(target).by === 'accuracy' ? 'although' : 'stopped by budget:'} their test accuracies ${closeness(view, targetOfKey(target))}`;
  return html`<p>At ${targetTitle(target)} the ${formatCount(group.n_models, 'network')} ${answer}. ${aboutPeople(view)}</p>
    ${trend(view)}`;
}

/** What contributions found. */
const contributedFindings = ({ data }: View): Content =>
  data.contributed.flatMap(({ findings: found = [] }) => found.map((sentence) => html`<p>${sentence}</p>`));

/** What people do where no network has answered. */
function ofPeopleAlone(view: View): Content {
  const { humans, meta } = view.data.analysis ?? {};
  const determined = meta?.n_determined ?? 0;
  const share = humans?.disagree_pct ?? null;
  const none = noGroups(view);
  if (!humans || share === null) return html`<p>${noPeople(view)} ${none}</p>`;
  const { mean, std } = humans.pairwise_disagreement_pct;
  const alpha = humans.krippendorff_alpha;
  return html`<p>
    ${view.isAnonymous ? html`People (${peopleNumber(view)})` : html`The ${formatCount(meta?.n_labelers ?? 0, view.rehearsal ? 'simulated labeler' : 'labeler')}`} did not agree on
    ${ofTotal(Math.round((share * determined) / 100), determined)} images that at least two labeled (${percent(share)}
    ${interval(humans.intervals?.human_disagree_pct)}).${
      mean !== null &&
      std !== null &&
      html` Two of them differ on ${meanStd(mean, std, [1, 1], ' %')} of the images that both labeled.`
    }${alpha !== null && html` Krippendorff’s α is ${number(alpha, 3)}.`} ${none}
  </p>`;
}

/** How equal the accuracies of a target's networks are. */
function closeness(view: View, target: Target): string {
  const members = view.data.models.filter((model) => model.repeat === null && model.target === target);
  const accuracies = members.map(({ accuracy }) => accuracy);
  const apart = (Math.max(...accuracies) - Math.min(...accuracies)).toFixed(2);
  return Number(apart) === 0 ? 'are the same' : `are within ${apart} points of each other`;
}

function aboutPeople(view: View): Content {
  const types = view.groups[0]?.group.types;
  if (!types || types.n_images === 0) return noPeople(view);
  const { counts, n_exception: exceptions } = types;
  const disagree = counts.both_disagree + counts.type_c;
  return html`${view.people} did not agree on ${ofTotal(disagree, types.n_images)} (${percent((100 * disagree) / types.n_images)}). On
    ${formatCount(counts.type_a, 'image')} only the networks disagreed (type A), on ${counts.type_c} only ${peopleWord(view)} (type C), on
    ${counts.both_disagree} both.${
      exceptions > 0 && ` On ${exceptions} the networks agreed on another label than ${peopleWord(view)}.`
    }`;
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
