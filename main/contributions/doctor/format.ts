import { stripVTControlCharacters } from 'node:util';
import { formatBytes } from '../../domain/numbers/index.ts';
import type { DatabaseState, DoctorReport, FolderState } from './doctor.ts';
import type { EngineState, LastCheck } from './engines.ts';

/** The report as lines for a terminal, e.g. `  yes  wasm        embedded; SIMD`. Ends with a newline. */
export function formatDoctor(report: DoctorReport): string {
  const { product, machine, engines, missingOnnx, gpus, dataFolder, cacheFolder, database } = report;
  return [
    `Boundary Workbench ${product.version}, commit ${product.commit ?? 'unknown (no git checkout)'}`,
    row('Node', machine.node),
    row('System', `${machine.platform} on ${machine.architecture}`),
    row('Machine', `${machine.cores} cores (${machine.cpu}), ${(machine.memory / 2 ** 30).toFixed(1)} GiB memory`),
    '',
    'Engines',
    ...engines.flatMap(engineRows),
    ...(engines.some(({ trial }) => trial)
      ? []
      : [row('', 'not checked yet; the first study checks them, or `engine check`')]),
    '',
    'Models of others (ONNX)',
    missingOnnx === null
      ? row('onnxruntime', 'installed')
      : row('onnxruntime', `MISSING, so these models cannot be used: ${printable(missingOnnx)}. Run \`npm ci\`.`),
    '',
    'GPU',
    ...('seen' in gpus ? gpus.seen.map((gpu) => row('found', gpu)) : [row('none', gpus.none)]),
    '',
    'Folders',
    ...folderRows('data', dataFolder),
    ...folderRows('cache', cacheFolder),
    '',
    'Database',
    ...databaseRows(database),
    '',
  ].join('\n');
}

function engineRows({ name, works, note, folder, trial }: EngineState): string[] {
  const state = works === null ? 'unknown' : works ? 'works' : 'not available';
  return [
    row(name, `${state}: ${printable(note)}`),
    ...(folder ? [row('', folder)] : []),
    ...(trial ? checkRows(trial) : []),
  ];
}

function checkRows({ selfCheck, reason, speedOverWasm, chosenSince }: LastCheck): string[] {
  if (selfCheck === 'absent') return [];
  if (selfCheck === 'failed') return [row('', `NOT USED: its self-check failed: ${printable(reason ?? '')}`)];
  const speed = speedOverWasm === null ? '' : `, ${speedOverWasm.toFixed(1)}x the speed of wasm`;
  const chosen = chosenSince === null ? '' : `; chosen, since ${chosenSince.slice(0, 10)}`;
  return [row('', `self-check passed${speed}${chosen}`)];
}

/** Texts from engines and drivers may contain control characters. */
const printable = (text: string): string => stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ');

function row(name: string, text: string): string {
  return `  ${name.padEnd(12)}${text}`.trimEnd();
}

function folderRows(name: string, { path, exists, writable, freeBytes }: FolderState): string[] {
  const state = writable ? (exists ? 'writable' : 'does not exist yet, can be created') : 'CANNOT BE WRITTEN';
  return [row(name, path), row('', `${state}; ${formatBytes(freeBytes)} free`)];
}

function databaseRows(database: DatabaseState): string[] {
  if (database.state === 'none') return [row('none yet', 'the first study creates it')];
  if (database.state === 'unreadable') return database.message.split('\n').map((line) => row('', line));
  const { health } = database;
  const newest = health.backups.at(0);
  return [
    row('file', `${health.path}, ${formatBytes(health.bytes)}`),
    row('version', `${health.version} of ${health.latestVersion}, SQLite ${health.sqlite}, ${health.journalMode}`),
    ...(health.problems.length === 0 ? [row('health', 'good')] : health.problems.map((text) => row('PROBLEM', text))),
    row('backups', newest ? `${health.backups.length}, the newest ${newest.path}` : 'none yet'),
    ...health.damaged.map((name) => row('set aside', name)),
  ];
}
