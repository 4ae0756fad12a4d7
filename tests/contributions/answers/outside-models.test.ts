/** Models that studies take in, out and in again, beside a plain model of their tables. */
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../../main/storage/database.ts';
import { migrate } from '../../../main/storage/migrate.ts';
import { OutsideModels } from '../../../main/contributions/answers/models/outside-models.ts';
import { StimulusSets } from '../../../main/storage/stimulus-sets.ts';
import { Studies } from '../../../main/storage/studies.ts';
import type { OutsideKind } from '../../../main/contributions/answers/contract/outside-models.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hash, stimulusSet, study } from '../../storage/records.ts';

const kinds: OutsideKind[] = ['table', 'onnx', 'image-text'];
const id = fc.nat(2);
const steps = fc.oneof(
  fc.record({ step: fc.constant('put' as const), model: id }),
  fc.record({
    step: fc.constant('predict' as const),
    model: id,
    set: id,
    scores: fc.constantFrom('softmax', 'confidence', null),
  }),
  fc.record({ step: fc.constant('link' as const), model: id, study: fc.nat(1), name: fc.constantFrom('B', 'A', 'C') }),
  fc.record({
    step: fc.constantFrom('unlink' as const, 'relink' as const),
    study: fc.nat(1),
    ids: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
  }),
  fc.record({ step: fc.constant('use' as const), study: fc.nat(1), set: id }),
);

type Step = typeof steps extends fc.Arbitrary<infer Each> ? Each : never;

/** Two studies as plain lists, beside the same two in a database. `take` does a step in both, `check` compares them. */
function besideLists(outsideModels: OutsideModels, studies: Studies, ids: readonly number[]) {
  const sets: (number | null)[] = [null, null];
  const models: number[] = [];
  const said = new Map<string, object>();
  const links: { id: number; study: number; model: number; name: string; at: number; out: number | null }[] = [];
  const isFree = (own: { study: number; model: number; name: string }): boolean =>
    !links.some(
      (link) => link.out === null && link.study === own.study && (link.model === own.model || link.name === own.name),
    );
  const take = (of: Step, n: number): void => {
    const now = 100 + n;
    switch (of.step) {
      case 'put': {
        const kind = kinds[of.model] ?? 'table';
        const given = { identity: hash(of.model), kind, spec: { of: of.model }, found: { a: [of.model] } };
        const known = models.indexOf(of.model);
        if (known < 0) models.push(of.model);
        expect(outsideModels.put(given, now)).toBe(1 + models.indexOf(of.model));
        // The first description stays.
        expect(outsideModels.put({ ...given, spec: {}, found: {} }, now)).toBe(1 + models.indexOf(of.model));
        break;
      }
      case 'predict': {
        const model = models.indexOf(of.model);
        if (model < 0) break;
        const answers = {
          labels: hash(1000 + n),
          softmax: of.scores === 'softmax' ? hash(2000 + n) : null,
          confidence: of.scores === 'confidence' ? hash(3000 + n) : null,
        };
        outsideModels.putPrediction(
          model + 1,
          { ...answers, setHash: hash(10 + 10 * of.set), count: 3, classes: 3 },
          now,
        );
        const key = `${of.model} ${of.set}`;
        if (!said.has(key)) said.set(key, answers);
        break;
      }
      case 'link': {
        const model = models.indexOf(of.model);
        const link = () =>
          outsideModels.link(
            ids[of.study] ?? 0,
            model + 1,
            { name: of.name, tested: n % 2 === 0 ? null : tested(n) },
            now,
          );
        if (model < 0) break;
        if (!isFree(of)) {
          expect(link).toThrow('UNIQUE');
          break;
        }
        links.push({ ...of, id: link(), at: now, out: null });
        break;
      }
      case 'unlink': {
        const out = links.filter((link) => link.out === null && link.study === of.study && of.ids.includes(link.id));
        expect(outsideModels.unlink(ids[of.study] ?? 0, of.ids, now)).toBe(out.length);
        for (const link of out) link.out = now;
        break;
      }
      case 'relink': {
        outsideModels.relink(ids[of.study] ?? 0, of.ids);
        for (const link of links)
          if (link.out !== null && link.study === of.study && of.ids.includes(link.id) && isFree(link)) link.out = null;
        break;
      }
      case 'use': {
        studies.useStimuli(ids[of.study] ?? 0, hash(10 + 10 * of.set), now);
        sets[of.study] = of.set;
      }
    }
  };
  const check = (): void => {
    for (const [place, studyId] of ids.entries()) {
      const changes = links.filter(({ study: of }) => of === place).map(({ at, out }) => Math.max(at, out ?? 0));
      expect(studies.counts(studyId).lastPrediction).toBe(
        sets[place] === null || changes.length === 0 ? null : Math.max(...changes),
      );
      expect(outsideModels.ofStudy(studyId)).toEqual(
        links
          .filter((link) => link.out === null && link.study === place)
          .sort((one, other) => (one.name < other.name ? -1 : 1))
          .map(({ id: linkId, model, name, at }) => ({
            id: linkId,
            modelId: 1 + models.indexOf(model),
            name,
            linkedAt: at,
            identity: hash(model),
            kind: kinds[model],
            title: ['Table of answers', 'ONNX', 'Image-text'][model],
            canPredict: model > 0,
            spec: { of: model },
            found: { a: [model] },
            tested: at % 2 === 0 ? null : tested(at - 100),
            prediction: said.get(`${model} ${sets[place]}`) ?? null,
          })),
      );
    }
  };
  return { take, check };
}

test('a study has the models that it took in, by name, with their answers about its present stimuli', () => {
  const database = new Database(join(temporaryFolder(), 'workbench.sqlite'));
  onTestFinished(() => database.close());
  migrate(database);
  const outsideModels = new OutsideModels(database);
  const [studies, stimulusSets] = [new Studies(database), new StimulusSets(database)];
  fc.assert(
    fc.property(fc.array(steps, { minLength: 20, maxLength: 40 }), (taken) => {
      database.exec('BEGIN');
      const ids = ['a', 'b'].map((name) => studies.put(name, { ...study(name), name }, 1));
      for (const set of [0, 1, 2]) stimulusSets.put(stimulusSet(10 + 10 * set), 1);
      const { take, check } = besideLists(outsideModels, studies, ids);
      taken.forEach(take);
      check();
      database.exec('ROLLBACK');
    }),
    { numRuns: 25 },
  );
});

const tested = (n: number) => ({ images: 100 + n, errors: n, accuracy: 50 });
