/** A process of its own for `silences.ts`: a volunteer who labels, or a researcher who does what the parent names. */
import { randomUUID } from 'node:crypto';
import { createWriteStream, openAsBlob, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { ModelMapping } from '../../main/contributions/outside/contract/outside.ts';
import { exportFormats } from '../../main/contributions/answers/contract/tables.ts';
import { letIn } from '../hosts/browser/let-in.ts';
import { screen, studyName } from '../services/labeling/labeling-helper.ts';
import { nearestMean } from '../contributions/outside/model/nearest-mean.ts';
import { createClient } from './host-client.ts';

/** Milliseconds between two answers: faster than any person, for many of them in a short action. */
const pause = 20;
/** Images that a page asks for at a time. */
const page = 15;

const [, , role, address = '', argument = '', weightsMiB = ''] = process.argv;
const keys = await letIn(address);
const client = createClient(keys);
const study = { study: studyName };

async function volunteer(token: string): Promise<(message: unknown) => Promise<unknown>> {
  const sitting = { token, sitting: randomUUID() };
  const { trials } = await client.desk.volunteer.open({ ...sitting, screen });
  let [seq, isLabeling] = [0, false];
  let times: number[] = [];
  let refused = 0;
  let loop = Promise.resolve();
  const answerOne = async (): Promise<void> => {
    const trial = seq % trials;
    const began = performance.now();
    const answer = { seq, trial, kind: 'answer' as const, choice: seq % 3, shownMs: seq * 10, atMs: seq * 10 + 5 };
    try {
      await client.desk.volunteer.addEvents({ ...sitting, events: [answer] });
      if (trial % page === 0) await client.desk.volunteer.images({ token, from: trial, count: page });
      times.push(performance.now() - began);
    } catch {
      refused += 1;
    }
    seq += 1;
  };
  return async (message) => {
    isLabeling = message === 'begin';
    if (!isLabeling) {
      await loop;
      return { times, refused };
    }
    [times, refused] = [[], 0];
    loop = (async () => {
      while (isLabeling) {
        await answerOne();
        await wait(pause);
      }
    })();
    return null;
  };
}

async function fetchFile(path: string, to: string): Promise<void> {
  const answer = await fetch(`${keys.origin}${path}`, { headers: { Cookie: keys.cookie } });
  if (!answer.ok || !answer.body) throw new Error(`${path}: ${answer.status}`);
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(to));
}

async function ended(job: string): Promise<void> {
  for (;;) {
    const found = (await client.jobs.list({})).find(({ id }) => id === job);
    if (found?.state === 'failed') throw new Error(found.messages.join(' '));
    if (!found || found.endedAt !== null) return;
    await wait(100);
  }
}

function researcher(folder: string): (message: unknown) => Promise<unknown> {
  const archive = join(folder, 'study.zip');
  const sessions = async () => (await client.desk.board(study)).sessions;
  const actions: Record<string, () => Promise<unknown>> = {
    overview: () => client.overview.get(study),
    'overview again': () => client.overview.get(study),
    studies: () => client.studies.list({}),
    board: () => client.desk.board(study),
    quality: () => client.desk.quality(study),
    results: () => client.results.overview(study),
    report: () => client.report.state(study),
    plan: () => client.desk.plan.get(study),
    lock: async () => {
      await client.labeling.lock.set(study);
      await client.labeling.lock.open(study);
    },
    'start trainings': async () => {
      await client.work.pauseAll({});
      const { job } = await client.work.start({ study: 'training', goal: 'models' });
      for (;;) {
        const found = (await client.jobs.list({})).find(({ id }) => id === job);
        if (found?.endedAt) throw new Error(found.messages.join(' '));
        if (found?.paused) break;
        await wait(100);
      }
      await client.work.stop({ study: 'training' });
      await ended(job);
    },
    'export archive': async () => {
      const { job } = await client.archives.startExport({ ...study, weights: true });
      await ended(job);
      const { address: file } = await client.archives.exported({ job });
      await fetchFile(file ?? '', archive);
    },
    'import archive': async () => {
      const answer = await fetch(`${keys.origin}/uploads?name=study.zip`, {
        method: 'POST',
        headers: { Cookie: keys.cookie, Authorization: `Bearer ${keys.secret}`, Origin: keys.origin },
        body: await openAsBlob(archive),
      });
      const { upload } = (await answer.json()) as { upload: string };
      await ended((await client.archives.startImport({ upload })).job);
    },
    'add weights': async () => {
      const { model, weights } = nearestMean('weights.data', { offset: '0', length: '31360' });
      const [path, data] = [join(folder, 'model.onnx'), join(folder, 'weights.data')];
      writeFileSync(path, model);
      writeFileSync(data, weights);
      // Zeros to which the file system gives no room: only the host's copy takes any.
      truncateSync(data, Number(weightsMiB) * 2 ** 20);
      const ofModel = { study: 'training', files: { model: { kind: 'path' as const, path } } };
      let mapping: ModelMapping | undefined;
      for await (const part of await client.outside.inspect(ofModel)) {
        if (part.type !== 'found' || part.found.proposal.kind !== 'onnx') continue;
        const { kind, input, output } = part.found.proposal;
        if (output) mapping = { kind, input, output };
      }
      if (!mapping) throw new Error('the model was not understood');
      await client.outside.add({ ...ofModel, mapping, name: 'large', accept: true });
      rmSync(data);
    },
    withdraw: async () => client.desk.sessions.withdraw({ session: (await sessions())[0]?.id ?? 0 }),
    'delete for good': async () => {
      await client.studies.setDeleted({ ...study, deleted: true });
      await client.studies.purge(study);
    },
  };
  for (const format of exportFormats) {
    actions[`export ${format}`] = async () => {
      const { files } = await client.answers.exportTable({ ...study, format });
      await fetchFile(files[0]?.address ?? '', join(folder, 'table'));
    };
  }
  return async (message) => {
    await actions[String(message)]?.();
    return null;
  };
}

const act = role === 'volunteer' ? await volunteer(argument) : researcher(argument);
process.on('message', (message) => {
  act(message).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
// The bench was ended by force.
process.on('disconnect', () => process.exit());
process.send?.('ready');
