import { isProven, type Proof, type ProvenEngine } from '../../contract/proof.ts';
import { formatBytes } from '../../domain/format.ts';
import { standaloneDocument } from '../document.ts';
import { section } from '../frame.ts';
import { duration, moment } from '../format.ts';
import { type Html, html, nothing } from '../html.ts';
import { type Column, proofTable } from './table.ts';
import { seedRows, speedRows } from './times.ts';

/** A proof as one page that needs no other file and no network. */
export function proofPage(proof: Proof): string {
  return standaloneDocument({
    title: `${proof.asked}: ${verdict(proof)}`,
    paperSize: 'A4',
    images: false,
    body: html`${header(proof)}
      <main>
        ${selfCheck(proof)} ${conformance(proof)} ${memory(proof)} ${speed(proof)} ${seeds(proof)} ${machine(proof)}
      </main>
      <footer>Boundary Workbench ${proof.product.version} · ${moment(proof.at)}</footer>`,
  });
}

const verdict = (proof: Proof): string =>
  isProven(proof) ? 'computes what it should' : proof.engine === null ? 'does not open' : 'FAILED';

function header(proof: Proof): Html {
  const { product, at, seconds, quick, engine, asked } = proof;
  return html`<header>
    <p class="kicker">Boundary Workbench · boundary engine prove</p>
    <h1>The engine ${asked} ${verdict(proof)}</h1>
    <p class="question">${engine === null ? 'Nothing was computed.' : `On ${nameOf(engine)}.`}</p>
    <p class="meta">${moment(at)} · version ${product.version}${product.commit !== null && ` (${product.commit})`} · took ${duration(1000 * seconds)}${quick && ' · quick'}</p>
    ${softwareNotice(engine)}${loadNotice(proof)}
  </header>`;
}

/** Card or driver of an engine. */
function nameOf({ device, adapter, hardware }: ProvenEngine): string {
  const card = adapter && [adapter.vendor, adapter.architecture, adapter.device].filter(Boolean).join(' ');
  const kind = { gpu: 'graphics card', processor: 'processor', software: 'no graphics card, a driver in software' }[
    hardware
  ];
  return `${device}${card && card !== device ? ` (${card})` : ''}: ${kind}`;
}

const softwareNotice = (engine: ProvenEngine | null): Html =>
  engine?.hardware === 'software'
    ? html`<p class="notice" id="software"><strong>This proves nothing about a graphics card.</strong> The graphics driver computed on the processor.</p>`
    : nothing;

function loadNotice({ load, machine }: Proof): Html {
  const before = load.before?.[0] ?? 0;
  return before > 0.5 * machine.cores
    ? html`<p class="notice" id="load"><strong>The machine was busy.</strong> On average ${before} programs waited to run on ${machine.cores} cores when this began, so times are too long. Ratios come from blocks in turn, which other work affects alike; on a quiet machine they would be more exact.</p>`
    : nothing;
}

/** The outcome of a part in words, and its message. */
const state = ({ state, message }: Proof['selfCheck']): Html =>
  html`<p><strong>${state === 'failed' ? 'FAILED' : state}</strong>${message !== null && html`: ${message}`}</p>`;

const selfCheck = (proof: Proof): Html =>
  section(
    'self-check',
    'Self-check',
    html`${state(proof.selfCheck)}
      <p class="note">Ops and training steps against stored float64 results. Every engine has to pass it before a study uses it.</p>`,
  );

function conformance({ conformance: part }: Proof): Html {
  const { checks } = part;
  const wrong = checks.filter(({ failure }) => failure !== null);
  const rows = [...Map.groupBy(checks, ({ group }) => group)].map(([group, of]) => {
    const failed = of.filter(({ failure }) => failure !== null).length;
    return [group, of.length, failed, of.reduce((sum, { seconds }) => sum + seconds, 0)];
  });
  const columns: Column[] = [['of'], ['checks'], ['failed'], ['seconds', 1]];
  return section('conformance', 'Conformance', [
    state(part),
    html`<p>Every op with its gradients against float64; the gradients of every architecture against another implementation; training steps against numbers of PyTorch; the same bytes for the same seed.</p>`,
    wrong.length > 0 &&
      proofTable(
        'failures',
        'Failed checks',
        [['of'], ['check'], ['what was wrong']],
        wrong.map(({ group, name, failure }) => [group, name, failure]),
      ),
    rows.length > 0 && proofTable('checks', 'Checks', columns, rows),
    checks.length > 0 &&
      html`<details><summary>All ${checks.length} checks</summary>
        ${proofTable(
          'all-checks',
          'All checks',
          [['of'], ['check'], ['outcome'], ['seconds', 2]],
          checks.map(({ group, name, failure, seconds }) => [group, name, failure ?? 'passed', seconds]),
        )}
      </details>`,
  ]);
}

function memory({ memory: part }: Proof): Html {
  const rows = part.models.map(({ model, tensors, bytes, resident }) => [
    model,
    tensors[1] - tensors[0],
    formatBytes(bytes[1]),
    bytes[1] === bytes[0] ? 'none' : formatBytes(bytes[1] - bytes[0]),
    `${formatBytes(resident[0])} to ${formatBytes(resident[1])}`,
  ]);
  return section('memory', 'Memory', [
    state(part),
    html`<p>Small trainings of ${part.steps} steps; from step 3 on no tensor may stay.</p>`,
    rows.length > 0 &&
      proofTable(
        'memory-table',
        'What stayed',
        [['model'], ['more tensors'], ['tensors hold'], ['more of it'], ['the process holds']],
        rows,
      ),
  ]);
}

const speed = (proof: Proof): Html =>
  section('speed', 'Speed', [
    state(proof.speed),
    html`<p>Networks in their default size on MNIST, batch 128 (the DCGAN 32), one side at a time in short blocks. Ratio: how many times as fast ${proof.asked} is as that side, of the medians, with a 95 % interval of a bootstrap over pairs of blocks.</p>
      <p>PyTorch: ${
        proof.peer.state === 'passed'
          ? Object.entries(proof.peer.versions)
              .map(([name, version]) => `${name} ${version}`)
              .join(', ')
          : proof.peer.message
      }</p>`,
    proof.speed.works.length > 0 &&
      proofTable(
        'speed-table',
        'Milliseconds of a step, and of 10,000 test images',
        [
          ['network'],
          ['work'],
          ['side'],
          ['least ms', 3],
          ['median ms', 3],
          ['ratio', 3],
          ['95 % interval'],
          ['remark'],
        ],
        speedRows(proof.speed.works),
      ),
  ]);

const seeds = (proof: Proof): Html =>
  section('seeds', 'Several seeds in one step', [
    state(proof.seeds),
    html`<p>One step of networks of several seeds against the same networks one by one, in turn on ${proof.asked}. Cost: the step of all in steps of one network. Gain: how many times as fast as one by one.</p>`,
    proof.seeds.works.length > 0 &&
      proofTable(
        'seeds-table',
        'Steps of several networks',
        [
          ['network'],
          ['seeds'],
          ['ms of one', 3],
          ['ms of all', 3],
          ['cost', 3],
          ['95 % interval'],
          ['gain', 3],
          ['remark'],
        ],
        seedRows(proof.seeds.works),
      ),
  ]);

function machine(proof: Proof): Html {
  const { machine: of, load, engine, graphics, product } = proof;
  const loads = (values: number[] | null): string => values?.join(', ') ?? 'not known';
  const rows: [string, string][] = [
    ['Processor', `${of.cpu}, ${of.cores} cores`],
    ['Memory', formatBytes(of.memory)],
    ['System', `${of.platform} on ${of.architecture}, Node ${of.node}`],
    ['NVIDIA cards', graphics.join('; ') || 'none found by nvidia-smi'],
    ['Load before', `${loads(load.before)} (programs waiting, over 1, 5 and 15 minutes)`],
    ['Load after', loads(load.after)],
    ['Program', `${product.version}, commit ${product.commit ?? 'unknown'}`],
    ...(engine === null ? [] : [['Engine', nameOf(engine)] as [string, string]]),
    ...(engine?.adapter ? [['Driver', engine.adapter.description] as [string, string]] : []),
    ...Object.entries(engine?.versions ?? {}),
  ];
  return section(
    'machine',
    'Machine and versions',
    html`<dl class="methods">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`,
  );
}
