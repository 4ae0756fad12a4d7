import { Input, Radio, SegmentedControl, Select, Stack } from '@mantine/core';
import type { PlanFields } from './fields.ts';
import { NumberField } from './number-field.tsx';
import { OptionalNumber } from './optional-number.tsx';

/** How people see the images. */
export function LookFields({ plan, change }: PlanFields) {
  const { mode, grid, size, interpolation, fixationMs, timeLimit } = plan;
  return (
    <section className="labeling-card" aria-labelledby="plan-look">
      <h2 id="plan-look">On the screen</h2>
      <Radio.Group
        label="Images"
        value={mode}
        onChange={(value) => change({ mode: value === 'single' ? 'single' : 'grid' })}
      >
        <Stack gap="xs" mt={4}>
          <Radio value="grid" label="Pages of images" description="Fast, with the focused one large. The default." />
          <Radio value="single" label="One at a time" description="With a cross before each, and reaction times." />
        </Stack>
      </Radio.Group>
      <div className="labeling-fields">
        {mode === 'grid' ? (
          <>
            <NumberField
              label="Columns"
              min={1}
              max={20}
              value={grid.columns}
              onChange={(columns) => change({ grid: { ...grid, columns } })}
            />
            <NumberField
              label="Rows"
              min={1}
              max={20}
              value={grid.rows}
              onChange={(rows) => change({ grid: { ...grid, rows } })}
            />
          </>
        ) : (
          <NumberField
            label="Cross before an image"
            suffix=" ms"
            min={0}
            max={10_000}
            value={fixationMs}
            onChange={(value) => change({ fixationMs: value })}
          />
        )}
        <NumberField
          label="Size of the image judged"
          description="In a grid: the one in focus. The others are smaller."
          min={1}
          max={2000}
          decimals={1}
          value={size.value}
          onChange={(value) => change({ size: { ...size, value } })}
        />
        <Input.Wrapper size="xs" label="In" labelElement="div" labelProps={{ id: 'size-unit' }}>
          <SegmentedControl
            aria-labelledby="size-unit"
            data={[
              { value: 'mm', label: 'Millimetres' },
              { value: 'px', label: 'Pixels' },
            ]}
            value={size.unit}
            onChange={(unit) => change({ size: { ...size, unit: unit === 'mm' ? 'mm' : 'px' } })}
          />
        </Input.Wrapper>
        <Select
          label="Enlarged"
          allowDeselect={false}
          data={[
            { value: 'smooth', label: 'Smoothly' },
            { value: 'pixelated', label: 'In squares, as models see it' },
          ]}
          value={interpolation}
          onChange={(value) => change({ interpolation: value === 'pixelated' ? 'pixelated' : 'smooth' })}
        />
      </div>
      <OptionalNumber
        label="Limit the time for an image"
        description="An image that runs out of time stays without an answer."
        field="Seconds for an image"
        value={timeLimit.imageSeconds}
        first={10}
        min={0.1}
        max={3600}
        decimals={1}
        onChange={(imageSeconds) => change({ timeLimit: { ...timeLimit, imageSeconds } })}
      />
      <OptionalNumber
        label="Limit the time for a session"
        description="From the first image on, practice included. Breaks and pauses do not count. Then the session ends."
        field="Minutes for a session"
        value={timeLimit.sessionMinutes}
        first={30}
        min={1}
        max={1440}
        onChange={(sessionMinutes) => change({ timeLimit: { ...timeLimit, sessionMinutes } })}
      />
    </section>
  );
}
