import { useState } from 'react';
import { Link } from 'wouter';
import type { Inspection } from '../../../main/contributions/formats/contract/inspection.ts';
import type { DataSetSource } from '../../../main/contract/studies/index.ts';
import { isTestOnly } from '../../../main/domain/data/index.ts';
import type { ImagesCalls } from '../../../main/contributions/images/calls.ts';
import { useCallsOf, useReading } from '../../client/index.ts';
import { ImagesPart } from './images-part.tsx';
import { PickImages, useDrop } from './pick-images.tsx';
import { newPlan, StudyPart } from './study-part.tsx';
import { PartsAt } from '../../ui/places/index.ts';
import { Card, HelpNote } from '../../ui/parts/index.ts';
import './new-study.css';

/** From a folder or zip of images to a running study: what was found, what will be made, and Start. */
export function NewStudyScreen() {
  const calls = useCallsOf<ImagesCalls>('images');
  const [found, setFound] = useState<Inspection | null>(null);
  const [asked, setAsked] = useState<{ source: DataSetSource; again: boolean } | null>(null);
  const reading = useReading(asked, (input, options) => calls.prepare(input, options));
  const [plan, setPlan] = useState(newPlan);
  // What is dropped beside the first card would be opened by the browser in the place of this screen.
  useDrop(() => undefined);
  const take = (images: Inspection): void => {
    setFound(images);
    setAsked({ source: images.source, again: false });
  };
  return (
    <div className="screen new-study">
      <header className="screen-head">
        <h1>New study from images</h1>
        <span className="soft">
          Or <Link href="/studies">create one from a preset or a study file</Link>
        </span>
      </header>
      {found === null || asked === null ? (
        <PickImages onFound={take} />
      ) : (
        <div className="beside">
          <ImagesPart
            found={found}
            source={asked.source}
            reading={reading}
            onRead={(source, again) => {
              setAsked({ source, again });
              // Another form of the images has another target.
              setPlan({ ...plan, target: null });
            }}
            onLeave={() => {
              setFound(null);
              setAsked(null);
              setPlan(newPlan);
            }}
          />
          {isTestOnly(asked.source) ? (
            <PartsAt
              key={reading.result?.hash ?? 'none'}
              place="newStudy.testImages"
              source={asked.source}
              images={reading.result}
              otherwise={
                <Card title="The study">
                  <HelpNote>
                    These images have answers of people and models beside them, which this version does not read.
                  </HelpNote>
                </Card>
              }
            />
          ) : (
            <StudyPart
              // Another form of the images has another probe.
              key={reading.result?.hash ?? 'none'}
              source={reading.result?.source ?? asked.source}
              images={reading.result}
              plan={plan}
              onPlan={setPlan}
            />
          )}
        </div>
      )}
    </div>
  );
}
