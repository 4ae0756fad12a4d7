import { IconPhotoPlus } from '@tabler/icons-react';
import { LinkButton } from '../../ui/parts/index.ts';

/** Its address. */
export const newStudy = '/new-study';

/** What the screen is called wherever something leads to it. */
export const newStudyFromImages = 'New study from images';

/** Beside the buttons of the list of studies. */
export const NewStudyLink = () => (
  <LinkButton to={newStudy} leftSection={<IconPhotoPlus size={14} aria-hidden />}>
    {newStudyFromImages}
  </LinkButton>
);

/** A card of the first screen. */
export const OwnImagesCard = () => (
  <li className="card card-start welcome-choice">
    <h2>Use your own images</h2>
    <p>A folder or zip of pictures, one folder for each class, in color or gray.</p>
    <p className="soft">You see what was found and what it takes before anything starts.</p>
    <LinkButton to={newStudy} size="sm">
      {newStudyFromImages}
    </LinkButton>
  </li>
);
