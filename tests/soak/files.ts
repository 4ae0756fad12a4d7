import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type RandomStream, randomStream } from '../../main/domain/random/random.ts';
import { sha256 } from '../../main/files/blobs.ts';
import { exportArchive } from '../../main/contributions/archives/export-archive.ts';
import { hour, type OpenedKit, openedKit, resultFile, sitting } from '../contributions/offline/kit-results.ts';
import { answer, fetched, studyName } from '../services/labeling/labeling-helper.ts';
import { smallStudy } from '../services/study/small-study.ts';
import type { Attack, Step } from './campaign.ts';
import { type Client, Host, refusalCode } from './host.ts';
import { type Entry, evilName, mutateBytes, mutateRows, mutateZip, writeZip } from './hostile-zip.ts';
import { nearlyValid } from './values.ts';
import { bareStudy, changedTables, copyData, jobEnded, labelersOf, openLab, tableHashes, verify } from './world.ts';

const pick = <T>(random: RandomStream, items: readonly T[]): T => items[random.int(items.length)] as T;

/** Honest files of each kind, from which hostile ones are made. */
interface Honest {
  archive: Entry[];
  stimuli: Entry[];
  tables: string[];
}

let honest: Promise<Honest> | undefined;

async function makeHonest(step: Step): Promise<Honest> {
  const it = openLab(copyData(step, step.template.data, 'honest'));
  try {
    const path = join(step.folder, 'honest.zip');
    await exportArchive(it.lab.workbench, { study: studyName, path, weights: false });
    const { address } = await it.client.sets.export({ study: studyName, size: 'original' });
    const found = it.lab.downloads.find(address);
    const content = found?.content ?? { bytes: Buffer.alloc(0) };
    const set =
      'bytes' in content ? content.bytes : 'path' in content ? readFileSync(content.path) : await bytesOf(content);
    const formats = ['humans', 'events', 'json', 'model-vs-human', 'counts'] as const;
    const tables = formats.map(async (format) => {
      const { files } = await it.client.answers.exportTable({ study: studyName, format });
      return fetched(it, files[0]?.address ?? '');
    });
    return { archive: entriesOf(readFileSync(path)), stimuli: entriesOf(set), tables: await Promise.all(tables) };
  } finally {
    await it.lab.close();
  }
}

async function bytesOf({ stream }: { stream(): AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream()) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const entriesOf = (zip: Uint8Array): Entry[] =>
  Object.entries(unzipSync(zip)).map(([name, content]) => ({ name, content }));

/** JSON with parts replaced, or text that is hardly JSON. */
function mutateJson(text: string, random: RandomStream): string {
  const at = random.int(text.length);
  const ways: (() => string)[] = [
    () => text.slice(0, at),
    () => `${text.slice(0, at)}${pick(random, ['NaN', '1e999', '\u0000', '"', ',', '//', '\ud800'])}${text.slice(at)}`,
    () => `${'['.repeat(200_000)}${text}`,
    () => text.replace('{', `{${'"a":{'.repeat(20_000)}`),
    () => text.replace('{', `{"__proto__":{"polluted":1},`),
    () => text.replaceAll(/\d+/g, (digits) => (random.int(20) === 0 ? '99999999999999999999' : digits)),
    () => `\ufeff${text}`,
  ];
  if (random.int(3) === 0) return pick(random, ways)();
  let value: unknown = JSON.parse(text);
  for (let n = 1 + random.int(3); n > 0; n--) value = nearlyValid(value, random);
  const plain = (_: string, each: unknown): unknown => (typeof each === 'bigint' ? String(each) : each);
  try {
    return JSON.stringify(value, plain) ?? 'null';
  } catch {
    // It nests deeper than JSON.stringify goes.
    return '['.repeat(5000) + ']'.repeat(5000);
  }
}

/** Lists every file anew, as one who forges an archive would. */
function relist(entries: readonly Entry[]): Entry[] {
  const files = entries
    .filter(({ name }) => name !== 'manifest.json')
    .map(({ name, content }) => ({ path: String(name), bytes: content.length, sha256: sha256(content) }));
  return entries.map((entry) => {
    if (entry.name !== 'manifest.json') return entry;
    const manifest: unknown = JSON.parse(Buffer.from(entry.content).toString('utf8'));
    return { name: 'manifest.json', content: Buffer.from(JSON.stringify({ ...(manifest as object), files })) };
  });
}

function hostileZip(entries: readonly Entry[], random: RandomStream, short: boolean): Buffer {
  const way = random.int(3);
  if (way === 0) return mutateZip(entries, random, short);
  if (way === 1) return mutateBytes(writeZip(entries), random);
  const json = entries.filter(({ name }) => String(name).endsWith('.json'));
  const chosen = pick(random, json);
  const changed = entries.map((entry) =>
    entry === chosen
      ? { ...entry, content: Buffer.from(mutateJson(Buffer.from(entry.content).toString('utf8'), random)) }
      : entry,
  );
  try {
    return writeZip(random.int(3) === 0 ? changed : relist(changed));
  } catch {
    return writeZip(changed);
  }
}

function hostileKitResult(kit: OpenedKit, random: RandomStream): Buffer {
  const session = pick(random, kit.sessions);
  const events = Array.from({ length: 1 + random.int(30) }, (_, seq) => answer(seq, seq, random.int(3)));
  const dates = [hour(1), '9999-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z'];
  const text = resultFile(kit, session, { sittings: [sitting(events, undefined, pick(random, dates))] });
  const { payload, ...file } = JSON.parse(text) as { payload: string };
  // Signed rightly, or changed afterwards.
  if (random.int(2) === 0) {
    let changed: unknown = JSON.parse(payload);
    for (let n = 1 + random.int(3); n > 0; n--) changed = nearlyValid(changed, random);
    try {
      return Buffer.from(resultFile(kit, session, changed as object));
    } catch {
      return Buffer.from(JSON.stringify({ ...file, payload: 'x'.repeat(20_000_000) }));
    }
  }
  return random.int(2) === 0 ? Buffer.from(mutateJson(text, random)) : mutateBytes(Buffer.from(text), random);
}

type Kind = 'archive' | 'stimulus set' | 'study file' | 'table of labels' | 'kit result';
const kinds: readonly Kind[] = ['archive', 'stimulus set', 'study file', 'table of labels', 'kit result'];

function hostile(kind: Kind, from: Honest, kit: OpenedKit, { random, short, template }: Step): Buffer {
  if (kind === 'archive') return hostileZip(from.archive, random, short);
  if (kind === 'stimulus set') return hostileZip(from.stimuli, random, short);
  if (kind === 'kit result') return hostileKitResult(kit, random);
  if (kind === 'study file')
    return Buffer.from(
      mutateJson(
        JSON.stringify(smallStudy({ name: `study-${random.int(1e6)}`, dataSet: { source: 'mnist' } })),
        random,
      ),
    );
  // People who are here already are left out.
  const name = `new-${random.int(1e6)}-`;
  const table = template.finished.reduce(
    (text, { pseudonym }) => text.replaceAll(pseudonym, `${name}${pseudonym}`),
    pick(random, from.tables),
  );
  if (random.int(3) === 0) return mutateBytes(Buffer.from(table), random);
  return table.startsWith('{') ? Buffer.from(mutateJson(table, random)) : mutateRows(table, random);
}

/** Takes a file as the page does. Gives why it was refused; null: it was taken. */
async function take(kind: Kind, content: Buffer, host: Host, client: Client): Promise<string | null> {
  const study = studyName;
  if (kind === 'study file') {
    const text = content.toString('utf8');
    await client.studies.create({ source: { kind: 'text', text, file: 'a.json' }, name: null, title: null });
    return null;
  }
  const upload = await host.upload(kind === 'table of labels' ? 'a.csv' : 'a.zip', content);
  if (kind === 'archive') return jobFailure(client, (await client.archives.startImport({ upload })).job);
  if (kind === 'stimulus set') return jobFailure(client, (await client.sets.import({ study: bareStudy, upload })).job);
  if (kind === 'kit result') {
    await client.offline.inspectResult({ study, upload });
    await client.offline.applyResult({ study, upload });
    return null;
  }
  const { mapping } = await client.answers.inspectTable({ study, upload, kind: 'single', mapping: null });
  if (!mapping) throw new Error('single labels have a mapping');
  await client.answers.importTable({ study, upload, names: 'replace', mapping });
  return null;
}

async function jobFailure(client: Client, id: string): Promise<string | null> {
  const { state, messages } = await jobEnded(client, id);
  if (state === 'done') return null;
  if (messages.length === 0) throw new Error(`the job ${state} without a word`);
  return messages.join(' ');
}

/** Words that a refusal must not have. */
const leak = /\n\s+at |node_modules|\.ts:\d|SqliteError|TypeError|RangeError|Cannot read prop|Something went wrong/;

/** Tables that volunteers write meanwhile, and notes of the program about itself. */
const others = /^labeling_(event|session|sitting|note)$|^setting$|^sqlite_sequence$|^doomed_blob$/;

/** A host of which people ask much has this much memory at most, in MiB. */
const memoryLimit = 1500;

async function step(step: Step): Promise<void> {
  const { random, tally, short } = step;
  honest ??= makeHonest(step);
  const from = await honest;
  const dataFolder = copyData(step, step.template.data);
  const [labeler] = labelersOf(step, 1);
  const host = new Host(step, { dataFolder, during: 'files' });
  const client = await host.connect();
  const sessions = step.template.kits.map(({ id }) => id);
  const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions }));
  let isOver = false;
  await labeler?.open(client);
  const labeling = labeler?.label(await host.connect(), () => isOver);
  for (let n = short ? 10 : 20; n > 0 && host.process.exitCode === null; n--) {
    const own = { ...step, random: randomStream(random.int(2 ** 31), 'file') };
    await tryFile(own, pick(random, kinds), from, kit, host, client);
  }
  isOver = true;
  await labeling;
  if (labeler && labeler.refusals.length > 0) tally.faults.push(`a volunteer was refused: ${labeler.refusals[0]}`);
  const memory = peakMemory(host);
  if (memory > memoryLimit) tally.faults.push(`the host took ${memory} MiB`);
  if (host.process.exitCode !== null) tally.faults.push(`the host is gone: ${host.errors.slice(-1000)}`);
  tally.faults.push(...host.defects);
  await host.stop();
  verify(dataFolder, labeler ? [labeler] : [], tally);
  expectNothingOutside(step, dataFolder);
}

async function tryFile(
  step: Step,
  kind: Kind,
  from: Honest,
  kit: OpenedKit,
  host: Host,
  client: Client,
): Promise<void> {
  const { tally } = step;
  const content = hostile(kind, from, kit, step);
  const before = tableHashes(host.dataFolder);
  host.during = `${kind} of ${Math.ceil(content.length / 1000)} kB`;
  const said = await take(kind, content, host, client).catch((error: unknown) => {
    if (refusalCode(error) !== null || /Input validation failed/.test(String(error))) return String(error);
    tally.faults.push(`${kind} of ${content.length} bytes: ${error}`);
    return 'failed';
  });
  tally.count('files');
  tally.count(`${kind}, ${said === null ? 'taken' : 'refused'}`);
  if (said === null) return;
  if (leak.test(said)) tally.faults.push(`${kind}: leaks ${said.slice(0, 500)}`);
  const changed = changedTables(before, tableHashes(host.dataFolder)).filter((name) => !others.test(name));
  if (changed.length > 0) tally.faults.push(`a refused ${kind} changed ${changed.join(', ')}: ${said.slice(0, 300)}`);
}

/** MiB that the host has had at most. */
function peakMemory({ process: { pid, exitCode } }: Host): number {
  if (exitCode !== null || process.platform !== 'linux') return 0;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Nothing of an archive has landed beside the data folder. */
function expectNothingOutside({ folder, tally }: Step, dataFolder: string): void {
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes(evilName));
  const outside = ['/tmp', '/', join(dataFolder, '..', '..')].map((path) => join(path, evilName)).filter(existsSync);
  for (const path of [...inside, ...outside]) {
    tally.faults.push(`an archive wrote ${path}`);
    if (outside.includes(path)) rmSync(path, { force: true });
  }
}

export const hostileFiles: Attack = { name: 'files', unit: 'files', weight: 1.5, obstacle: () => null, step };
