import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallQueue, type CallLane, type CallLimits } from '../../../main/hosts/calls/call-queue.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import '../../fixed-seed.ts';

const limits: CallLimits = {
  connection: 3,
  all: 6,
  unsent: 5,
  limitedInARow: 2,
  overflow: 10_000,
  waiting: { calls: 8, characters: 1000 },
};

interface Begun {
  text: string;
  /** What it was before: calls that had no answer, of its lane and of all. */
  own: number;
  all: number;
  answered: () => void;
  sent: () => void;
}

/** Lanes on one queue, whose calls take as long as they say: `5 held` computes for 5 ms, then waits for `finish`. */
class World {
  readonly begun: { lane: number; text: string }[] = [];
  readonly lanes: CallLane[];
  readonly isPaused: boolean[];
  /** Calls that have begun and are not sent, by lane. */
  readonly open: Begun[][];
  readonly faults: string[] = [];
  #now = 0;
  readonly #unanswered = new Set<Begun>();

  constructor(desks: readonly boolean[]) {
    const queue = new CallQueue({ clock: () => this.#now, limits });
    this.isPaused = desks.map(() => false);
    this.open = desks.map(() => []);
    this.lanes = desks.map((isLimited, lane) =>
      queue.open({
        isLimited,
        run: (text, answered) => this.#run(lane, text, answered),
        pause: () => this.#pause(lane, true),
        resume: () => this.#pause(lane, false),
        overflow: () => void this.faults.push('overflow'),
      }),
    );
  }

  #pause(lane: number, isPaused: boolean): void {
    if (this.isPaused[lane] === isPaused) this.faults.push(`lane ${lane} is told twice`);
    this.isPaused[lane] = isPaused;
  }

  #run(lane: number, text: string, answered: () => void): Promise<void> {
    const open = at(this.open, lane);
    const own = open.filter((call) => this.#unanswered.has(call)).length;
    this.begun.push({ lane, text });
    this.#now += Number.parseInt(text, 10);
    return new Promise((sent) => {
      const call: Begun = {
        text,
        own,
        all: this.#unanswered.size,
        answered: () => {
          this.#unanswered.delete(call);
          answered();
        },
        sent: () => {
          call.answered();
          open.splice(open.indexOf(call), 1);
          sent();
        },
      };
      if (own > 0 && (own >= limits.connection || call.all >= limits.all)) this.faults.push('too many unanswered');
      if (open.length >= limits.unsent) this.faults.push('too many unsent');
      open.push(call);
      this.#unanswered.add(call);
      if (text.includes('stream')) call.answered();
      else if (!text.includes('held')) call.sent();
    });
  }

  /** Answers and ends everything that is open. */
  finish(): void {
    for (const call of this.open.flat()) call.sent();
  }

  get now(): number {
    return this.#now;
  }
}

const rounds = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
};

const lanes = 4;
const lane = fc.nat(lanes - 1);
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      lane,
      takes: fc.nat(30),
      how: fc.constantFrom('', '', 'held', 'stream'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), lane, call: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sent' as const), lane, call: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rounds' as const), count: fc.nat(4) }) },
);

test('every call that is not cancelled begins once, in the order of its lane, within all limits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: lanes, maxLength: lanes }),
      fc.array(action, { maxLength: 150 }),
      async (desks, actions) => {
        const world = new World(desks);
        const expected: string[][] = desks.map(() => []);
        let id = 0;
        for (const each of actions) {
          if (each.kind === 'rounds') await rounds(each.count);
          else if (each.kind === 'add') {
            const text = `${each.takes} ${each.how} ${++id}`;
            at(expected, each.lane).push(text);
            at(world.lanes, each.lane).add(String(id), text);
          } else if (each.kind === 'sent') at(world.open, each.lane)[each.call]?.sent();
          else {
            const text = at(expected, each.lane)[each.call];
            if (text === undefined) continue;
            const hasBegun = world.begun.some((call) => call.text === text);
            const isOpen = at(world.open, each.lane).some((call) => call.text === text);
            const passedOn = at(world.lanes, each.lane).cancel(text.split(' ').at(-1) ?? '');
            if (passedOn && !isOpen) world.faults.push('a call that is over was cancelled');
            if (passedOn && at(world.lanes, each.lane).cancel(text.split(' ').at(-1) ?? ''))
              world.faults.push('cancelled twice');
            if (!hasBegun) at(expected, each.lane).splice(each.call, 1);
          }
        }
        for (let n = 0; n < 40; n++) {
          await rounds(10);
          world.finish();
        }
        for (const [index, texts] of expected.entries()) {
          expect(world.begun.filter((call) => call.lane === index).map(({ text }) => text)).toEqual(texts);
        }
        expect(world.faults).toEqual([]);
        expect(world.isPaused).toEqual(desks.map(() => false));
      },
    ),
    { numRuns: 60 },
  );
});

test('lanes that always wait get the same time, whatever their calls take', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 5 }), async (takes) => {
      const world = new World(takes.map(() => false));
      for (const [index, each] of takes.entries())
        for (let n = 0; n < 200; n++) at(world.lanes, index).add(null, `${each}`);
      await rounds(100);
      const used = takes.map((each, index) => each * world.begun.filter((call) => call.lane === index).length);
      expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(2 * Math.max(...takes));
    }),
    { numRuns: 40 },
  );
});

test('a lane that was idle is next, and saved nothing up', async () => {
  const world = new World([false, false, false]);
  for (let n = 0; n < 300; n++) for (const index of [0, 1]) at(world.lanes, index).add(null, '20');
  await rounds(30);
  const before = world.begun.length;
  for (let n = 0; n < 50; n++) at(world.lanes, 2).add(null, '20');
  await rounds(31);
  const order = world.begun.slice(before).map((call) => call.lane);
  expect(order.indexOf(2)).toBeLessThanOrEqual(1);
  expect(order.filter((index) => index === 2).length).toBeLessThanOrEqual(12);
});

test('desks go first, and let one other call pass now and then', async () => {
  const world = new World([true, true, false]);
  for (let n = 0; n < 30; n++) for (const each of world.lanes) each.add(null, '7');
  await rounds(10);
  expect(world.begun.map((call) => call.lane).slice(0, 9)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  at(world.lanes, 0).losePrecedence();
  const before = world.begun.length;
  await rounds(30);
  const counts = [0, 1, 2].map((index) => world.begun.slice(before).filter((call) => call.lane === index).length);
  expect(at(counts, 1)).toBeGreaterThanOrEqual(19);
  expect(Math.abs(at(counts, 0) - at(counts, 2))).toBeLessThanOrEqual(1);
});

test('a closed lane begins nothing any more, takes nothing, and is read to its end', async () => {
  const world = new World([false, false]);
  for (let n = 0; n < 20; n++) at(world.lanes, 0).add(null, '1');
  expect(world.isPaused).toEqual([true, false]);
  at(world.lanes, 0).close();
  expect(world.isPaused).toEqual([false, false]);
  at(world.lanes, 0).add(null, '1');
  at(world.lanes, 1).add(null, '1');
  await rounds(20);
  expect(world.begun.map((call) => call.lane)).toEqual([1]);
});
