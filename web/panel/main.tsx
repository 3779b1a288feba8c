import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/global.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { auth } from './access/auth';
import { App } from './app/app';
import { nonce } from './app/nonce';
import { startTexts } from './i18n';

// Dialogs make a style sheet of their own.
setNonce(nonce);
startTexts();
void auth.resume();
createRoot(document.getElementById('app') as HTMLElement).render(<App />);
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  addEventListener('load', () => void navigator.serviceWorker.register('/panel/sw.js').catch(() => undefined));
}
