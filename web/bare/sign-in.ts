import { Api, ApiError } from './api';
import { h, View, write } from './dom';
import { inWords, t } from './texts';

/** E-mail and password. */
export function signInView(api: Api, onDone: () => void): View {
  const email = h('input', { id: 'email', type: 'email', name: 'email', autocomplete: 'username', required: true });
  const password = h('input', {
    ...{ id: 'password', type: 'password', name: 'password' },
    ...{ autocomplete: 'current-password', required: true },
  });
  const fault = h('p', { className: 'fault', role: 'alert' });
  const button = h('button', { className: 'primary', type: 'submit' }, t('signIn'));
  const form = h(
    'form',
    {
      className: 'card sign-in',
      onsubmit: async (event: Event) => {
        event.preventDefault();
        button.disabled = true;
        write(fault, '');
        try {
          await api.signIn(email.value, password.value);
          onDone();
        } catch (error) {
          const refused = error instanceof ApiError && error.status === 401;
          write(fault, refused ? t('wrongLogin') : inWords(error as ApiError));
          button.disabled = false;
          password.select();
        }
      },
    },
    h('h1', {}, 'PadelVar'),
    h('label', { for: 'email' }, t('email')),
    email,
    h('label', { for: 'password' }, t('password')),
    password,
    fault,
    button,
    h('a', { href: '/panel/forgot' }, t('forgotten')),
  );
  queueMicrotask(() => email.focus());
  return { element: form, destroy: () => undefined };
}
