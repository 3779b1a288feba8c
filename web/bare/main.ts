import { LiveConnection } from '../live';
import { Api } from './api';
import { courtsView } from './courts';
import { h, View } from './dom';
import { signInView } from './sign-in';
import { currentLanguage, setLanguage, t } from './texts';
import { watchView } from './watch';

const api = new Api();
const connection = new LiveConnection({ ticket: () => api.ticket() });
const app = document.getElementById('app') as HTMLElement;
let view: View | null = null;
/** The sign-in of before is being taken up. A court is built meanwhile: what it asks the service waits for that. */
let resuming = false;

/** What the address says: `#/session/<id>` a court, anything else the list of courts. */
function show(): void {
  const sessionId = /^#\/session\/([0-9a-f-]{36})$/.exec(location.hash)?.[1];
  if (resuming && !sessionId) return;
  view?.destroy();
  if (api.user === null && !resuming) {
    view = signInView(api, () => {
      connection.reset();
      show();
    });
  } else if (sessionId) {
    view = watchView(api, connection, sessionId, () => (location.hash = '#/'));
  } else {
    view = courtsView(api, connection, (id) => (location.hash = `#/session/${id}`));
  }
  app.replaceChildren(header(), h('main', {}, view.element));
  // Who does not see that the page is another one hears it, and goes on from its beginning.
  const title = view.element.querySelector('h1');
  if (title === null || view.element.matches('.sign-in')) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

function header(): HTMLElement {
  const other = currentLanguage() === 'fr' ? 'en' : 'fr';
  const language = h(
    'button',
    { type: 'button', className: 'quiet', lang: other, onclick: () => (setLanguage(other), show()) },
    other === 'fr' ? 'Français' : 'English',
  );
  const signOut = async (): Promise<void> => {
    await api.signOut();
    connection.reset();
    location.hash = '#/';
    show();
  };
  const leave = h('button', { type: 'button', className: 'quiet', onclick: signOut }, t('signOut'));
  if (api.user) leave.title = t('signedInAs', { name: api.user.name });
  return h('header', {}, h('a', { className: 'brand', href: '#/' }, 'PadelVar'), language, api.user ? leave : null);
}

async function start(): Promise<void> {
  if (!api.knowsMe) return show();
  resuming = true;
  let early: View | null = null;
  const build = (): void => {
    show();
    early = view;
  };
  await api.resume(build).catch(() => false);
  resuming = false;
  // The court that is there stays; only whom it is shown to was not known.
  if (api.user !== null && early !== null && view === early) app.querySelector('header')?.replaceWith(header());
  else show();
}

api.onSignedOut = show;
addEventListener('hashchange', show);
document.addEventListener('visibilitychange', () => document.hidden || connection.hurry());
void start();
