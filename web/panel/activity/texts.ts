import { texts } from '../i18n/texts';

export const activityTexts = texts({
  en: {
    title: 'How much moves on the court',
    said: 'How much moves on the court: somebody moves {{percent}} % of the time.',
    saidPause: 'The longest pause is {{length}}, at {{at}}.',
  },
  fr: {
    title: 'Mouvement sur le terrain',
    said: 'Mouvement sur le terrain : quelqu’un bouge {{percent}} % du temps.',
    saidPause: 'La plus longue pause dure {{length}}, à {{at}}.',
  },
});
