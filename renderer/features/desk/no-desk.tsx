import { Alone } from './intro.tsx';
import './desk.css';

/** A tab of the researcher's while another tab has a labeling session. */
export function OpenElsewhere() {
  return (
    <Alone title="A labeling session is open in another tab">
      <p className="desk-text">Please go back to that tab. If it is closed, load this page again.</p>
    </Alone>
  );
}

/** A page whose browser lost its secret, e.g. because site data were cleared. */
export function NoAccess() {
  return (
    <Alone title="This browser has no access to the workbench">
      <p className="desk-text">Press Enter in the terminal of the workbench, and open the address that it prints.</p>
    </Alone>
  );
}
