import { auth } from '../access/auth';
import { chosenClub } from '../access/club';
import { queries } from './queries';

/** Once somebody is signed out, nothing of what they saw is left in this tab for whoever signs in next. */
export function forgetWhoLeft(): void {
  auth.subscribe(() => {
    const access = auth.get();
    if (access.phase !== 'out') return;
    queries.clear();
    // Whose sign-in only ended comes back to the club they looked at.
    if (access.why === 'left') chosenClub.forget();
  });
}
