import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/global.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { auth } from './access/auth';
import { App } from './app/app';
import { forgetWhoLeft } from './app/leave';
import { isOutdated } from './app/new-version';
import { nonce } from './app/nonce';
import { startTexts } from './i18n';
import { sayNewVersion } from './ui/say';

// Dialogs make a style sheet of their own.
setNonce(nonce);
startTexts();
forgetWhoLeft();
void auth.resume();
createRoot(document.getElementById('app') as HTMLElement).render(<App />);
// Vite's word for a part of the page that cannot be loaded: nobody's form is thrown away for it.
addEventListener('vite:preloadError', () => void isOutdated().then((is) => is && sayNewVersion()));
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  addEventListener('load', () => void navigator.serviceWorker.register('/panel/sw.js').catch(() => undefined));
}
