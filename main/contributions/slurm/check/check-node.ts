import type { Cluster } from '../profile/cluster.ts';
import type { ClusterProbe } from '../profile/cluster-check.ts';
import { formatBytes, formatCount } from '../../../domain/numbers/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import type { CheckFolder } from './check-job.ts';
import type { Report } from './check-settings.ts';

interface CheckedNode extends Pick<Workbench, 'environment' | 'now'> {
  cluster: Cluster;
  folder: CheckFolder;
  /** As Slurm calls it. */
  name: string;
}

/** The first major version of Node.js that runs the product from its sources. */
const minNode = 24;

/** Milliseconds by which a node's clock may differ. */
const clockDifference = 120_000;

/** Reports what the job's script and the probe found on a node. Null: no run could work there, and the report says why. */
export async function reportNode(node: CheckedNode, report: Report): Promise<ClusterProbe | null> {
  const { folder, cluster, name } = node;
  const notes = await folder.notes();
  const log = await folder.log();
  const fault = (about: Parameters<Report>[0], what: string, remedy: string, detail = log): null => {
    report(about, 'fault', { what, remedy, detail });
    return null;
  };
  if (notes.get('token')?.[0] !== folder.token) {
    return fault(
      'folder',
      `Node ${name} sees another folder than this computer under ${folder.there}`,
      'Correct `folder.there`, or have the shared folder mounted on all nodes.',
    );
  }
  const version = notes.get('node')?.[0] ?? '';
  const hasNode = /^v\d+/.test(version);
  const failed = notes.get('prepare') ?? [];
  if (failed.length > 0) {
    report('prepare', hasNode ? 'warning' : 'fault', {
      what: `A line of \`prepare\` failed on node ${name}: exit code ${failed.join('; exit code ')}`,
      remedy: 'Try the line in a job of your own. `module avail` lists the modules of a site.',
      detail: log,
    });
  }
  if ((notes.get('entry')?.[0] ?? '') === '') {
    return fault(
      'product',
      `Node ${name} has no Boundary Workbench in ${cluster.product}`,
      'Install it there (main/contributions/slurm/README.md), or correct `product`: the folder with package.json.',
    );
  }
  if (!hasNode || Number.parseInt(version.slice(1), 10) < minNode) {
    const what = hasNode
      ? `Node.js on node ${name} is ${version}, and the Workbench needs ${minNode} or newer`
      : `Node.js does not start on node ${name}: \`${cluster.node} --version\` fails`;
    const remedy =
      'Load a module with Node 24 in `prepare`, or set `node` to the path of one: a file that nodes can start.';
    return fault('node', what, remedy, [version, log].filter(Boolean).join('\n'));
  }
  const probe = await folder.probe();
  if (probe === null) {
    return fault(
      'product',
      `Boundary Workbench does not start on node ${name}`,
      'Most often its packages are missing: run `npm run -s boundary -- doctor` once in the folder of the product.',
    );
  }
  reportProduct(node, probe, report);
  reportMachine(node, version, probe, report);
  reportEngine(node, probe, report);
  reportGraphics(node, notes.get('gpu')?.[0] ?? '', report);
  return probe.engine.works ? probe : null;
}

function reportProduct({ environment }: CheckedNode, probe: ClusterProbe, report: Report): void {
  const [here, there] = [environment.product, probe.environment.product];
  const title = ({ version, commit }: typeof here): string => `${version}${commit === null ? '' : ` (${commit})`}`;
  // A copy without a checkout knows no commit.
  const isSame =
    here.version === there.version && (here.commit === there.commit || here.commit === null || there.commit === null);
  report('product', isSame ? 'ok' : 'warning', {
    what: `Boundary Workbench ${title(there)}${isSame ? ', as here' : ` there, ${title(here)} here: runs may differ`}`,
    remedy: isSame ? null : 'Install the same version there and here.',
  });
}

function reportMachine({ cluster, now }: CheckedNode, version: string, probe: ClusterProbe, report: Report): void {
  const { cores, memory } = cluster;
  const { machine } = probe.environment;
  report('node', machine.cores < cores ? 'warning' : 'ok', {
    what: `Node.js ${version} on ${machine.cpu}; the job asked for ${formatCount(cores, 'core')} and sees ${machine.cores}`,
    remedy: machine.cores < cores ? 'Ask the administrator how jobs get more cores (`--cpus-per-task`).' : null,
  });
  const difference = Math.abs(now() - probe.at);
  if (difference > clockDifference) {
    report('node', 'warning', {
      what: `The node's clock differs from this computer's by about ${Math.round(difference / 60_000)} min`,
      remedy: 'Times of runs may look odd. Nothing else depends on it.',
    });
  }
  const room = Math.min(probe.memoryLimit ?? memory * 2 ** 20, machine.memory);
  const isTight = probe.memoryUsed > room / 2;
  report('memory', isTight ? 'warning' : 'ok', {
    what: `${memory} MiB asked for; Node.js and the engine take ${formatBytes(probe.memoryUsed)} before any training`,
    remedy: isTight ? 'Raise `memory`: a training needs several times as much.' : null,
  });
}

function reportEngine({ cluster }: CheckedNode, { engine }: ClusterProbe, report: Report): void {
  const { engine: wanted, cache } = cluster;
  const install = 'npm run -s boundary -- engine install';
  const remedy =
    wanted === 'tensorflow'
      ? `Install it in a job on such a node, in the folder of the product: \`${cache === null ? '' : `BOUNDARY_CACHE=${cache} `}${install}\`.`
      : 'Choose another `engine`: wasm works everywhere.';
  report('engine', engine.works ? 'ok' : 'fault', {
    what: engine.works ? `${wanted} gives the right numbers: ${engine.note}` : `${wanted}: ${engine.note}`,
    remedy: engine.works ? null : remedy,
  });
}

function reportGraphics({ cluster, name }: CheckedNode, gpu: string, report: Report): void {
  if (cluster.gres === null || !/gpu/i.test(cluster.gres)) return;
  const isSeen = /^GPU \d/.test(gpu);
  report('gpu', isSeen ? 'ok' : 'fault', {
    what: isSeen ? gpu : `The job asked for ${cluster.gres}, and sees no graphics card on node ${name}`,
    remedy: isSeen ? null : "Check `gres`, and that the node has NVIDIA's driver (`nvidia-smi`).",
    detail: isSeen ? null : gpu,
  });
}
