import { HelpNote } from '../../../ui/states.tsx';
import type { PlanFields } from './fields.ts';
import { NumberField } from './number-field.tsx';
import { OptionalNumber } from './optional-number.tsx';

/** Who labels how much, in which order, and what comes in between. `images`: of the set. */
export function OrderFields({ plan, change, images }: PlanFields & { images: number }) {
  const { order } = plan;
  return (
    <section className="labeling-card" aria-labelledby="plan-order">
      <h2 id="plan-order">People and order</h2>
      <div className="labeling-fields">
        <NumberField label="People" min={1} max={1000} value={plan.people} onChange={(people) => change({ people })} />
        <NumberField
          label="Blocks, with a break between"
          min={1}
          max={50}
          value={order.blocks}
          onChange={(blocks) => change({ order: { ...order, blocks } })}
        />
        <NumberField
          label="Distance of neighbours"
          description="In images, for neighbours along alpha of one pair. With 3, two others come between; with 1, none has to."
          min={1}
          max={50}
          value={order.apart}
          onChange={(apart) => change({ order: { ...order, apart } })}
        />
        <NumberField
          label="Seed of the orders"
          description="Everybody has an order of their own."
          min={0}
          max={0xffff_ffff}
          value={order.seed}
          onChange={(seed) => change({ order: { ...order, seed } })}
        />
      </div>
      <OptionalNumber
        label="Each person labels only some of the images"
        description={`Off: all ${images}. On: each image gets equally many labelers, or one more.`}
        field="Images a person"
        value={plan.perPerson}
        first={Math.max(1, Math.ceil(images / 2))}
        min={1}
        max={Math.max(1, Math.min(100_000, images))}
        onChange={(perPerson) => change({ perPerson })}
      />
      <h3>Trials that are not analysed</h3>
      <div className="labeling-fields">
        <NumberField
          label="Practice"
          description="First, and called practice."
          min={0}
          max={100}
          value={plan.practice}
          onChange={(practice) => change({ practice })}
        />
        <NumberField
          label="Hidden repeats"
          description="How consistent is a person?"
          min={0}
          max={5000}
          value={plan.repeats}
          onChange={(repeats) => change({ repeats })}
        />
        <NumberField
          label="Distance of a repeat"
          description="In images from the first time."
          min={1}
          max={1000}
          value={plan.repeatApart}
          onChange={(repeatApart) => change({ repeatApart })}
        />
        <NumberField
          label="Attention trials"
          description="Clear images in between."
          min={0}
          max={200}
          value={plan.attention}
          onChange={(attention) => change({ attention })}
        />
      </div>
      <HelpNote>They are marked in every export, and kept out of every figure.</HelpNote>
    </section>
  );
}
