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

/** What the address says: `#/session/<id>` a court, anything else the list of courts. */
function show(): void {
  view?.destroy();
  const sessionId = /^#\/session\/([0-9a-f-]{36})$/.exec(location.hash)?.[1];
  if (api.user === null) {
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
  if (api.user === null || title === null) return;
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

connection.onState((state) => {
  if (state !== 'signed-out' || api.user === null) return;
  api.forget();
  show();
});
addEventListener('hashchange', show);
document.addEventListener('visibilitychange', () => document.hidden || connection.hurry());
if (api.knowsMe) api.resume().then(show, show);
else show();
