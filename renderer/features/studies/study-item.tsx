import { Link } from 'wouter';
import type { StudyCard } from '../../../main/contract/api/studies.ts';
import { studyAddress } from '../../app/study-steps.ts';
import { RehearsalMark } from '../../ui/badges.tsx';
import { counted, whole } from '../../ui/numbers.ts';
import { Ago } from '../../ui/values.tsx';
import { StudyMenu } from './study-menu.tsx';
import { StudyStateMark } from './study-state.tsx';

/** One study of the list. */
export function StudyItem({ study, onRename }: { study: StudyCard; onRename: (study: StudyCard) => void }) {
  const { name, title, models, stimuli, labelers, reportAt } = study;
  return (
    <li className="study-item">
      <div className="study-item-head">
        <Link href={studyAddress(name)} className="study-item-title" data-study-link>
          {title}
        </Link>
        <span className="soft">{name}</span>
      </div>
      <StudyStateMark state={study.state} />
      <dl className="study-item-figures">
        <div>
          <dt>Stimuli</dt>
          <dd>{stimuli === null ? 'none yet' : counted(stimuli, 'image')}</dd>
        </div>
        <div>
          <dt>Models</dt>
          <dd>
            {whole(models.done)} of {whole(models.planned)}
          </dd>
        </div>
        <div>
          <dt>Labelers</dt>
          <dd>
            {labelers.count === 0 ? 'none yet' : whole(labelers.count)} {labelers.simulated && <RehearsalMark />}
          </dd>
        </div>
        <div>
          <dt>Report</dt>
          <dd>{reportAt === null ? 'not written' : <Ago at={reportAt} />}</dd>
        </div>
        <div>
          <dt>Changed</dt>
          <dd>
            <Ago at={study.changedAt} />
          </dd>
        </div>
      </dl>
      <StudyMenu study={study} onRename={() => onRename(study)} />
    </li>
  );
}
