import { Link } from 'wouter';
import type { StudyCard } from '../../../main/contract/api/studies.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { RehearsalMark } from '../../ui/badges.tsx';
import { counted, whole } from '../../ui/format.ts';
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
      <p className="study-item-figures">
        <span>{stimuli === null ? 'No stimuli yet' : `${whole(stimuli)} stimuli`}</span>
        <span>
          {whole(models.done)} of {whole(models.planned)} models
        </span>
        <span>
          {labelers.count === 0 ? 'No labelers yet' : counted(labelers.count, 'labeler')}{' '}
          {labelers.simulated && <RehearsalMark />}
        </span>
        <span>
          {reportAt === null ? (
            'No report yet'
          ) : (
            <>
              Report <Ago at={reportAt} />
            </>
          )}
        </span>
        <span className="study-item-changed">
          Changed <Ago at={study.changedAt} />
        </span>
      </p>
      <StudyMenu study={study} onRename={() => onRename(study)} />
    </li>
  );
}
