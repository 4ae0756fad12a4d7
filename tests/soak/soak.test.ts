import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { thorough } from '../thorough.ts';
import { type Attack, formatTable, judge, runCampaign } from './campaign.ts';
import { faults } from './faults.ts';
import { Host } from './host.ts';
import { killsForFault, plantFaults } from './mutants.ts';
import { copyData, labelersOf, makeTemplate, verify } from './world.ts';

/** Attacks of which the rest of the suite tries the least. */
const only = thorough ? [] : ['--only', 'calls,clocks'];

test('the short form: one step of an attack loses nothing and lets nobody in', async () => {
  const seed = process.env.BOUNDARY_SEED ?? '14';
  const words = [join(import.meta.dirname, 'soak.ts'), '--short', '--seed', seed, ...only];
  const child = spawn(process.execPath, words);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  expect(output).toMatch(/^seed \d+: nothing lost, nobody in$/m);
  expect(code, output).toBe(0);
});

test('an answer that goes missing is noticed, and the step can be repeated', async () => {
  const planted: Attack = {
    name: 'planted',
    unit: 'kills',
    weight: 1,
    obstacle: () => null,
    async step(step) {
      const dataFolder = copyData(step, step.template.data);
      const labelers = labelersOf(step, 1);
      const host = new Host(step, { dataFolder, during: 'planted' });
      const client = await host.connect();
      for (const labeler of labelers) {
        await labeler.open(client);
        await labeler.label(client, () => labeler.acknowledged.length >= 5);
      }
      await host.kill();
      await wait(0);
      const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'));
      for (const { name } of database
        .prepare<[], { name: string }>(
          "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'labeling_event'",
        )
        .all()) {
        database.exec(`DROP TRIGGER "${name}"`);
      }
      database.exec('DELETE FROM labeling_event WHERE id = (SELECT max(id) FROM labeling_event)');
      database.close();
      verify(dataFolder, labelers, step.tally);
    },
  };
  const lines: string[] = [];
  const limits = { seed: 5, minutes: 1, goals: new Map<string, number>(), step: 7, short: false };
  const { rows, silences } = await runCampaign([planted], limits, makeTemplate, (line) => lines.push(line));
  expect(judge(rows, silences).found).toEqual(['1 lost']);
  expect(formatTable(rows, silences)).toMatch(/^planted +0 kills +1 +0 +0 +1 /m);
  expect(lines.join('\n')).toContain('npm run soak -- --seed 5 --only planted --step 7');
});

/** Of the planted faults, those that every change is tried with. */
const planted = Object.keys(faults).filter((name) => thorough || name === 'withdrawal: only acknowledged');

test('a product that only acknowledges, or loses part of what it acknowledged, is found within twenty kills', {
  timeout: planted.length * 600_000,
}, async () => {
  const findings = await plantFaults(planted, { seed: 14, minutes: 60 }, () => undefined);
  expect(findings.map(({ fault }) => fault)).toEqual(planted);
  for (const { fault, kills, words } of findings) {
    expect(words, fault).not.toBeNull();
    expect(kills, fault).toBeLessThanOrEqual(killsForFault + 2);
  }
  expect(findings[0]?.words).toMatch(/^(study|session|labeler) /);
});

test.runIf(process.platform === 'linux')(
  'a silence that has not ended when the host is killed counts until then',
  async () => {
    const stopped: Attack = {
      name: 'stopped',
      unit: 'kills',
      weight: 1,
      obstacle: () => null,
      async step(step) {
        const host = new Host(step, { dataFolder: copyData(step, step.template.data), during: 'stopped' });
        const client = await host.connect();
        await client.app.info({});
        host.process.kill('SIGSTOP');
        while (!readFileSync(`/proc/${host.process.pid}/stat`, 'utf8').includes(') T ')) await wait(1);
        await wait(400);
        await host.kill();
      },
    };
    const limits = { seed: 5, minutes: 1, goals: new Map<string, number>(), step: 0, short: false };
    const { rows, silences } = await runCampaign([stopped], limits, makeTemplate, () => undefined);
    expect(rows[0]?.tally.faults).toEqual([]);
    expect(silences.worst(1)[0]).toMatchObject({ during: 'stopped, killed' });
    expect(silences.longest).toBeGreaterThan(300);
    expect(silences.format().join('\n')).toMatch(/^starts of hosts until their address: 1, median/m);
    expect(judge(rows, silences).unjudged.join('; ')).toMatch(/^silences \((the machine was busy|hosts ran for)/);
  },
);
