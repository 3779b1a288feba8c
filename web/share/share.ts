import './share.css';

/** How often it is asked whether a film is ready. */
const LOOK_MS = 15_000;
/** Answers that mean: this page is not what it was; the service has another one. */
const OVER = [403, 404, 410];

const form = document.querySelector<HTMLFormElement>('form[data-open]');
const video = document.querySelector('video');
const waiting = document.querySelector<HTMLElement>('[data-waits]');
if (form) ask(form);
if (video) watch(video);
if (waiting) wait(waiting);

/** Gives the pass-phrase to the service, which gives a cookie for it; with that the same address is the match. */
function ask(form: HTMLFormElement): void {
  const input = form.querySelector('input') as HTMLInputElement;
  const button = form.querySelector('button') as HTMLButtonElement;
  const fault = form.querySelector('[role=alert]') as HTMLElement;
  const say = (text: string | undefined): void => {
    fault.textContent = text ?? '';
    input.setAttribute('aria-invalid', String(text !== undefined));
    button.disabled = false;
    input.focus();
    input.select();
  };
  input.addEventListener('input', () => {
    fault.textContent = '';
    input.removeAttribute('aria-invalid');
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled) return;
    if (input.value === '') return say(form.dataset.wrong);
    button.disabled = true;
    const body = JSON.stringify({ passphrase: input.value });
    fetch(form.dataset.open as string, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      .then(({ ok, status }) => {
        if (ok || status === 404 || status === 410) return location.reload();
        say(form.dataset[status === 403 ? 'wrong' : status === 429 ? 'many' : 'failed']);
      })
      .catch(() => say(form.dataset.failed));
  });
}

/** Where the film breaks off: because the link is over, or only the connection. */
function watch(video: HTMLVideoElement): void {
  const note = video.nextElementSibling as HTMLElement;
  video.addEventListener('error', () => {
    fetch(video.src, { method: 'HEAD' })
      .then(({ status }) => {
        if (OVER.includes(status)) return location.reload();
        const unplayable = video.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED;
        const words = note.querySelector('p');
        if (unplayable && words) words.textContent = note.dataset.unplayable ?? '';
        note.hidden = false;
      })
      .catch(() => (note.hidden = false));
  });
  video.addEventListener('playing', () => (note.hidden = true));
}

/** Loads the page again once its film is ready, or the link is over. */
function wait(note: HTMLElement): void {
  setInterval(() => {
    if (document.hidden) return;
    fetch(note.dataset.waits as string, { method: 'HEAD' })
      .then(({ ok, status }) => {
        if (ok || OVER.includes(status)) location.reload();
      })
      .catch(() => undefined);
  }, LOOK_MS);
}
