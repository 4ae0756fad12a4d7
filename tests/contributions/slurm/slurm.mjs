/**
 * A real Slurm on this machine, for tests: `node tests/contributions/slurm/slurm.mjs FOLDER [nodes]` starts munge, a controller and so many
 * nodes of one core each (2 without a number), prints the SLURM_CONF to use, and ends all of them on Ctrl-C. Needs Linux,
 * root, and Debian's packages `slurm-wlm` and `munge`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Why there can be no Slurm here, or null. */
export function whyNoSlurm() {
  if (process.platform !== 'linux') return 'Slurm needs Linux';
  if (process.getuid?.() !== 0) return 'starting Slurm needs root';
  const missing = ['slurmctld', 'slurmd', 'munged'].find((name) => spawnSync('which', [name]).status !== 0);
  return missing ? `${missing} is not installed (apt-get install slurm-wlm munge)` : null;
}

/** @param {string} folder @param {number} ports first of some free ports @param {number} nodes */
const configuration = (folder, ports, nodes) => `ClusterName=boundary
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/ctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/ctld.log
SlurmdLogFile=${folder}/slurmd-%n.log
SlurmctldPort=${ports}
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
KillWait=10
SlurmdTimeout=20
SchedulerParameters=sched_interval=2,bf_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
${Array.from({ length: nodes }, (_, k) => `NodeName=n${k + 1} NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${ports + 1 + k} CPUs=1 RealMemory=4000`).join('\n')}
PartitionName=main Nodes=n[1-${nodes}] Default=YES MaxTime=INFINITE State=UP
`;

/** The first of `count` ports in a row that nothing uses. @param {number} count */
function freePorts(count) {
  const used = new Set(
    ['tcp', 'tcp6'].flatMap((table) => {
      const lines = readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1);
      return lines.map((line) => Number.parseInt(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4})/.exec(line)?.[1] ?? '0', 16));
    }),
  );
  for (let tried = 0; tried < 1000; tried++) {
    const first = randomInt(17_400, 30_000);
    if (Array.from({ length: count }, (_, k) => first + k).every((port) => !used.has(port))) return first;
  }
  throw new Error(`there are no ${count} free ports in a row`);
}

/**
 * Starts all daemons. The folder is for this cluster alone.
 * @param {string} folder @param {{ nodes?: number, ports?: number }} [options] `ports`: the first one; else any free ones
 */
export function startSlurm(folder, { nodes = 2, ports = freePorts(nodes + 1) } = {}) {
  const conf = join(folder, 'slurm.conf');
  mkdirSync(join(folder, 'state'), { recursive: true });
  writeFileSync(conf, configuration(folder, ports, nodes));
  const key = join(folder, 'munge.key');
  if (!existsSync(key)) writeFileSync(key, execFileSync('head', ['-c', '1024', '/dev/urandom']), { mode: 0o600 });
  const environment = { ...process.env, SLURM_CONF: conf };
  /** @param {string} program @param {string[]} words */
  const start = (program, ...words) => execFileSync(program, words, { env: environment, stdio: 'ignore' });
  start(
    'munged',
    '--force',
    ...[`--key-file=${key}`, `--socket=${folder}/munge.socket`, `--pid-file=${folder}/munged.pid`],
    ...[`--log-file=${folder}/munged.log`, `--seed-file=${folder}/munge.seed`],
  );
  start('slurmctld', '-f', conf);
  const names = Array.from({ length: nodes }, (_, k) => `n${k + 1}`);
  for (const name of names) start('slurmd', '-N', name, '-f', conf);
  /** @param {string} file @param {NodeJS.Signals} [signal] */
  const end = (file, signal) => {
    try {
      process.kill(Number(readFileSync(join(folder, file), 'utf8')), signal);
    } catch {
      // It is not running.
    }
  };
  /** Its port may be held for a moment by the one before. @param {string} program @param {string[]} words */
  const startAgain = async (program, ...words) => {
    for (let tried = 0; ; tried++) {
      try {
        return start(program, ...words);
      } catch (error) {
        if (tried === 50) throw error;
        await wait(200);
      }
    }
  };
  return {
    conf,
    nodes: names,
    /** Ends the controller and starts it again. @param {NodeJS.Signals} [signal] */
    async restartController(signal) {
      end('ctld.pid', signal);
      await startAgain('slurmctld', '-f', conf);
    },
    /** Ends the daemon of a node; its tasks go on. @param {string} name @param {NodeJS.Signals} [signal] */
    endNode(name, signal) {
      end(`slurmd-${name}.pid`, signal);
    },
    /** @param {string} name */
    async startNode(name) {
      await startAgain('slurmd', '-N', name, '-f', conf);
    },
    stop() {
      for (const name of names) end(`slurmd-${name}.pid`);
      end('ctld.pid');
      end('munged.pid');
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const [folder, nodes] = process.argv.slice(2);
  const why = folder === undefined ? 'name a folder' : whyNoSlurm();
  if (why !== null || folder === undefined) {
    process.stderr.write(`No Slurm: ${why}.\n`);
    process.exit(1);
  }
  const slurm = startSlurm(folder, { nodes: Number(nodes ?? 2) });
  process.stdout.write(`SLURM_CONF=${slurm.conf}\n`);
  process.on('SIGINT', () => {
    slurm.stop();
    process.exit();
  });
  setInterval(() => undefined, 1 << 30);
}
