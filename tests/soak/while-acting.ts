import { setTimeout as wait } from 'node:timers/promises';
import { randomStream } from '../../main/domain/random/random.ts';
import { type Acting, type Deed, type Idea, perform } from './acts.ts';
import { acknowledged, type Step } from './campaign.ts';
import { answers, inSession } from './changes.ts';
import { faults } from './faults.ts';
import { type Client, Host } from './host.ts';
import { type Act, type ActName, type Change, Oracle } from './oracle.ts';
import { sessionIdeas } from './session-acts.ts';
import { isSettled, observe } from './state.ts';
import { studyIdeas } from './study-acts.ts';
import { acknowledgedBy, copyData, type Labeler, labelersOf, type Session, verifyBlobs, verifyFile } from './world.ts';

/** A volunteer whose answers the oracle learns of: acknowledged ones, and the one on its way when the host died. */
class Volunteer {
  readonly labeler: Labeler;
  readonly #oracle: Oracle;
  #seen = { acknowledged: 0, unsure: 0 };

  constructor(labeler: Labeler, oracle: Oracle) {
    this.labeler = labeler;
    this.#oracle = oracle;
  }

  get name(): string {
    return this.labeler.session.pseudonym;
  }

  async open(client: Client): Promise<string[]> {
    const wrong = await this.labeler.open(client);
    const opened = this.labeler.sittings.at(-1) ?? '';
    this.#tell(
      'open a session',
      inSession(this.name, ({ sittings }) => ({ sittings: [...sittings, opened] })),
    );
    return wrong;
  }

  /** Call it when the host is dead. */
  report(): void {
    const { acknowledged, unsure } = this.labeler;
    const own = acknowledged.slice(this.#seen.acknowledged);
    if (own.length > 0) this.#tell('answer', answers(this.name, own));
    for (const event of unsure.slice(this.#seen.unsure)) {
      this.#oracle.begin({ name: 'answer', unsure: (state) => [answers(this.name, [event])(state)] });
    }
    this.#seen = { acknowledged: acknowledged.length, unsure: unsure.length };
  }

  #tell(name: ActName, change: Change): void {
    const act: Act = { name, unsure: () => [] };
    this.#oracle.begin(act);
    this.#oracle.acknowledge(act, change);
  }
}

export async function whileActing(step: Step): Promise<void> {
  const rounds = step.short || step.fault !== null ? 2 : 3 + step.random.int(3);
  const { data, open } = step.template;
  await actUntilKilled(step, { data, open, rounds, during: 'acts' });
}

/**
 * People label, and a researcher does everything else that is acknowledged, until the host dies: at the moment of an
 * acknowledgement, or in the next act. After each restart, the folder has what a model says.
 * @param data folder that is copied, with `open` sessions
 */
export async function actUntilKilled(
  step: Step,
  { data, open, rounds, during }: { data: string; open: readonly Session[]; rounds: number; during: string },
): Promise<void> {
  const { random, tally } = step;
  const dataFolder = copyData(step, data);
  const oracle = new Oracle(observe(dataFolder));
  const volunteers = labelersOf(step, 1 + random.int(2), open).map((labeler) => new Volunteer(labeler, oracle));
  const labelers = volunteers.map(({ labeler }) => labeler);
  let number = 0;
  const acting: Acting = {
    oracle,
    tally,
    random: randomStream(random.int(2 ** 31), 'acts', step.index),
    archive: step.template.archive,
    busy: new Set(volunteers.map(({ name }) => name)),
    withdrawn: new Set<string>(),
    next: () => ++number,
    wanted: step.fault === null ? null : new Set(faults[step.fault]?.acts),
  };
  const ideas = endless([...sessionIdeas, ...studyIdeas], acting);
  for (let round = 0; round < rounds && tally.lost.length === 0; round++) {
    const host = new Host(step, { dataFolder, during });
    const client = await restarted(step, host, { oracle, volunteers });
    if (random.int(6) === 0) await refuseSecond(step, host);
    const [answered, before] = [acknowledgedBy(labelers), total(oracle)];
    const wanted = 1 + random.int(12);
    const labeling = labelAll(host, labelers);
    const acts = act(acting, ideas, client, host);
    const isEnough = (): boolean => acknowledgedBy(labelers) >= answered + 3 && total(oracle) >= before + wanted;
    while (!isEnough() && !host.isDying && tally.faults.length === 0) await wait(1);
    if (random.int(2) === 0) await wait(random.int(random.int(2) === 0 ? 20 : 300));
    tally.faults.push(...host.defects);
    await host.kill();
    tally.count('kills');
    await Promise.all([labeling, acts]);
  }
  const host = new Host(step, { dataFolder, during: `${during}, after kills` });
  await restarted(step, host, { oracle, volunteers });
  const end = await host.stop();
  if (end !== 0) tally.faults.push(`Ctrl-C ended the host with ${end}: ${host.errors}`);
  tally.faults.push(...host.defects);
  tally.count(acknowledged('answer'), acknowledgedBy(labelers));
  verifyFile(dataFolder, tally);
  verifyBlobs(dataFolder, tally);
}

const total = ({ acknowledged }: Oracle): number => [...acknowledged.values()].reduce((sum, count) => sum + count, 0);

/** Connects once the host has completed what a kill cut off, compares, and has the volunteers come back. */
async function restarted(
  { tally }: Step,
  host: Host,
  { oracle, volunteers }: { oracle: Oracle; volunteers: readonly Volunteer[] },
): Promise<Client> {
  const client = await host.connect();
  const end = performance.now() + settling;
  while (!isSettled(host.dataFolder) && performance.now() < end) await wait(20);
  if (!isSettled(host.dataFolder)) tally.faults.push('what was deleted or cut off is still there after a restart');
  for (const volunteer of volunteers) volunteer.report();
  oracle.check(observe(host.dataFolder), tally);
  tally.count('comparisons with the model');
  for (const volunteer of volunteers) {
    const wrong = await volunteer.open(client);
    tally.lost.push(...wrong.map((each) => `after a restart: ${each}`));
  }
  return client;
}

/** Milliseconds after which a host must have completed deletions; its machine may be busy. */
const settling = 120_000;

/** Every idea once, in random order, and again. */
function* endless(ideas: readonly Idea[], { random }: Acting): Generator<Idea, never> {
  for (;;) {
    const left = [...ideas];
    while (left.length > 0) yield* left.splice(random.int(left.length), 1);
  }
}

/** Does one thing after another until the host is dead. */
async function act(acting: Acting, ideas: Iterator<Idea>, client: Client, host: Host): Promise<void> {
  while (!host.isDying) {
    const deeds: readonly Deed[] = ideas.next().value(acting);
    // Those of a planted fault are done three times as often.
    const isWanted = acting.wanted === null || deeds.some(({ name }) => acting.wanted?.has(name));
    if (deeds.length === 0 || (!isWanted && acting.random.int(4) > 0)) continue;
    if (!(await perform(acting, deeds, client, host))) return;
  }
}

/** Each labels over a connection of their own until the host is gone, which may be before the connection is there. */
const labelAll = (host: Host, labelers: readonly Labeler[]): Promise<unknown> =>
  Promise.all(
    labelers.map(async (labeler) => {
      const client = await host.connect().catch(() => null);
      if (client) await labeler.label(client, () => host.isDying);
    }),
  );

/** A second host in the folder is refused, while the first one works. */
async function refuseSecond(step: Step, { dataFolder }: Host): Promise<void> {
  const second = new Host(step, { dataFolder, during: 'second host' });
  const end = await second.ended;
  if (end !== 2) step.tally.faults.push(`a second host in the folder ended with ${end}: ${second.errors}`);
}
