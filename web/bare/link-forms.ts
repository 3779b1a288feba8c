import { Api, ApiError } from './api';
import { h, View, write } from './dom';
import { currentLanguage, inWords, t } from './texts';

/** Where a form leads once it is through: to the courts, signed in, or to the sign-in. */
export type Leave = () => void;

interface Form {
  readonly title: string;
  readonly hint?: string;
  readonly fields: readonly HTMLElement[];
  readonly button: string;
  /** What is said in place of the form when it is through; without it the page is left. */
  readonly done?: string;
  readonly send: () => Promise<void>;
  /** Words for a problem that mean something else here than elsewhere. */
  readonly words?: Readonly<Record<string, string>>;
}

/** `#/<page>/<argument>`: the forms behind mailed links, and those that have them mailed. `null`: none of them. */
export function linkView(api: Api, hash: string, leave: Leave): View | null {
  const [, page, argument = ''] = /^#\/([a-z]+)(?:\/([A-Za-z0-9_-]{1,256}))?$/.exec(hash) ?? [];
  if (page === 'forgot') return view(forgotForm(api), leave);
  if (argument === '') return null;
  if (page === 'invitation') return view(invitationForm(api, argument), leave);
  if (page === 'confirm') return view(confirmForm(api, argument), leave);
  if (page === 'reset') return view(resetForm(api, argument), leave);
  return page === 'register' && /^\d+$/.test(argument) ? view(registerForm(api, Number(argument)), leave) : null;
}

function invitationForm(api: Api, token: string): Form {
  const name = field('name', t('name'), { autocomplete: 'name', maxLength: 120 });
  const password = newPassword();
  return {
    title: t('invited'),
    hint: t('invitedHint'),
    fields: [...name.elements, ...password.elements],
    button: t('accept'),
    send: () => {
      const body = { token, name: name.input.value, password: password.input.value };
      return api.enter('/api/auth/invitations/accept', body);
    },
    words: { unauthorized: t('accountPassword'), validation_failed: t('weakPassword') },
  };
}

/** A button, not the opening of the page, confirms: mail programs open links to see what is behind them. */
function confirmForm(api: Api, token: string): Form {
  const password = field('password', t('password'), { type: 'password', autocomplete: 'current-password' });
  return {
    title: t('confirmTitle'),
    hint: t('confirmHint'),
    fields: password.elements,
    button: t('confirm'),
    send: () => api.enter('/api/auth/register/confirm', { token, password: password.input.value }),
    words: { unauthorized: t('otherPassword') },
  };
}

function resetForm(api: Api, token: string): Form {
  const password = newPassword();
  return {
    title: t('resetTitle'),
    fields: password.elements,
    button: t('save'),
    done: t('resetDone'),
    send: async () => {
      await api.ask('/api/auth/password/reset', { token, new_password: password.input.value });
      // It ended every sign-in of theirs, this browser's too.
      api.forget();
    },
    words: { validation_failed: t('weakPassword') },
  };
}

function forgotForm(api: Api): Form {
  const email = field('email', t('email'), { type: 'email', autocomplete: 'username' });
  return {
    title: t('forgotTitle'),
    hint: t('forgotHint'),
    fields: email.elements,
    button: t('send'),
    done: t('mailSent'),
    send: () => api.ask('/api/auth/password/forgot', { email: email.input.value, language: currentLanguage() }),
    words: { validation_failed: t('badAddress') },
  };
}

function registerForm(api: Api, clubId: number): Form {
  const name = field('name', t('name'), { autocomplete: 'name', maxLength: 120 });
  const email = field('email', t('email'), { type: 'email', autocomplete: 'username' });
  const password = newPassword();
  return {
    title: t('register'),
    fields: [...name.elements, ...email.elements, ...password.elements],
    button: t('register'),
    done: t('mailSent'),
    send: () => {
      const values = { name: name.input.value, email: email.input.value, password: password.input.value };
      return api.ask('/api/auth/register', { club_id: clubId, ...values, language: currentLanguage() });
    },
    words: { validation_failed: t('weakPassword'), not_found: t('registrationClosed') },
  };
}

function newPassword() {
  const own = { type: 'password', autocomplete: 'new-password', minLength: 8, maxLength: 128 };
  return field('password', t('password'), own);
}

function field(id: string, label: string, properties: Record<string, unknown>) {
  const input = h('input', { id, name: id, required: true, ...properties });
  return { input, elements: [h('label', { for: id }, label), input] };
}

function view({ title, hint, fields, button, done, send, words = {} }: Form, leave: Leave): View {
  const fault = h('p', { className: 'fault', role: 'alert' });
  const submit = h('button', { className: 'primary', type: 'submit' }, button);
  const form = h(
    'form',
    {
      className: 'card sign-in',
      onsubmit: async (event: Event) => {
        event.preventDefault();
        submit.disabled = true;
        write(fault, '');
        try {
          await send();
          if (done === undefined) leave();
          else form.replaceChildren(h('h1', {}, title), h('p', { role: 'status' }, done), backLink());
        } catch (error) {
          write(fault, words[(error as ApiError).code] ?? inWords(error as ApiError));
          submit.disabled = false;
        }
      },
    },
    h('h1', {}, title),
    hint === undefined ? null : h('p', { className: 'muted' }, hint),
    ...fields,
    fault,
    submit,
    backLink(),
  );
  queueMicrotask(() => form.querySelector('input')?.focus());
  return { element: form, destroy: () => undefined };
}

function backLink(): HTMLElement {
  return h('a', { href: '#/' }, t('toSignIn'));
}
