import { expect, test } from 'vitest';
import { layOutTrials, smallestDistance } from '../../../../main/contributions/desk/analysis/order.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { addStimuli, plan, studyName } from '../../../services/labeling/labeling-helper.ts';

test('a preview warns of what cannot be met in any of the orders planned, not in the first three alone', async () => {
  const it = openLab();
  const hash = addStimuli(it.lab.workbench.storage, 6);
  const images = it.lab.workbench.storage.stimulusSets.get(hash)?.images ?? [];
  const bare = { practice: 0, attention: 0, repeats: 0, people: 12 };
  let [late, isWhole] = [0, true];
  for (let seed = 0; seed < 20; seed++) {
    const wanted = plan({ ...bare, order: { seed, apart: 5, blocks: 1 } });
    const distances = Array.from({ length: wanted.people }, (_, place) => {
      const ids = layOutTrials(images, wanted, place).map(({ image }) => image);
      return smallestDistance(ids, images, 5) ?? 5;
    });
    const preview = await it.client.desk.plan.preview({ study: studyName, plan: wanted });
    expect(preview.orders).toHaveLength(3);
    const { checked, of } = preview.ordersChecked;
    expect(of).toBe(12);
    isWhole &&= checked === of;
    const warned = preview.warnings.some((warning) => warning.startsWith('Neighboring alphas'));
    expect(warned).toBe(Math.min(...distances.slice(0, checked)) < 5);
    if (warned && Math.min(...distances.slice(0, 3)) === 5) late += 1;
  }
  // A slow machine looks at fewer of them, and says so.
  expect(late > 0 || !isWhole).toBe(true);
});
