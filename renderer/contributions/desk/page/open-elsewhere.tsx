import { Alone } from './intro.tsx';
import './desk.css';

/** A tab of the researcher's while another tab has a labeling session. */
export function OpenElsewhere() {
  return (
    <Alone title="A labeling session is open in another tab">
      <p className="alone-text">Please go back to that tab. If it is closed, load this page again.</p>
    </Alone>
  );
}
