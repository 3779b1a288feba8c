import { Mail } from '../mail/mailer';

export type Language = 'fr' | 'en';

/** Where nobody says which. */
export const DEFAULT_LANGUAGE: Language = 'fr';

/** The parts of a mail: paragraphs, and between them the words on its one link. */
interface Letter {
  readonly subject: string;
  readonly before: readonly string[];
  readonly words: string;
  readonly after: readonly string[];
}

export interface ClubLetter {
  readonly club: string;
  readonly address: string;
}

/** Somebody is invited to a club. */
export function invitationMail(to: string, language: Language, { club, address }: ClubLetter): Mail {
  const texts = {
    fr: {
      subject: `Invitation à rejoindre ${club}`,
      before: ['Bonjour,', `Le club ${club} vous invite à le rejoindre sur PadelVar.`],
      words: 'Accepter l’invitation',
      after: [
        'Ce lien est valable 7 jours et ne sert qu’une fois.',
        'Si vous n’attendiez pas cette invitation, ignorez ce message.',
      ],
    },
    en: {
      subject: `Invitation to join ${club}`,
      before: ['Hello,', `The club ${club} invites you to join it on PadelVar.`],
      words: 'Accept the invitation',
      after: ['This link is good for 7 days, and once.', 'If you did not expect this invitation, ignore this message.'],
    },
  }[language];
  return mailOf(to, language, texts, address);
}

/** Somebody registered, and is asked whether this is their address. */
export function confirmationMail(to: string, language: Language, { club, address }: ClubLetter): Mail {
  const texts = {
    fr: {
      subject: `Confirmez votre inscription à ${club}`,
      before: ['Bonjour,', `Quelqu’un, sans doute vous, s’est inscrit au club ${club} avec cette adresse.`],
      words: 'Confirmer l’inscription',
      after: [
        'Ce lien est valable 24 heures et ne sert qu’une fois.',
        'Si ce n’était pas vous, ne l’ouvrez pas : aucun compte ne sera créé.',
      ],
    },
    en: {
      subject: `Confirm your registration at ${club}`,
      before: ['Hello,', `Somebody, probably you, registered at the club ${club} with this address.`],
      words: 'Confirm the registration',
      after: [
        'This link is good for 24 hours, and once.',
        'If it was not you, do not open it: no account will be created.',
      ],
    },
  }[language];
  return mailOf(to, language, texts, address);
}

/** Somebody registered with an address that has an account: only its owner learns so. */
export function accountExistsMail(to: string, language: Language, { club, address }: ClubLetter): Mail {
  const texts = {
    fr: {
      subject: 'Vous avez déjà un compte PadelVar',
      before: [
        'Bonjour,',
        `Quelqu’un, sans doute vous, a voulu s’inscrire au club ${club} avec cette adresse. Elle a déjà un compte.`,
      ],
      words: 'Se connecter',
      after: [
        `Pour rejoindre un autre club, demandez-lui de vous ajouter.`,
        'Mot de passe oublié ? La page de connexion vous en donne un nouveau.',
        'Si ce n’était pas vous, ignorez ce message : rien n’a changé.',
      ],
    },
    en: {
      subject: 'You have a PadelVar account already',
      before: [
        'Hello,',
        `Somebody, probably you, tried to register at the club ${club} with this address. It has an account already.`,
      ],
      words: 'Sign in',
      after: [
        'To join another club, ask it to add you.',
        'Forgot your password? The sign-in page gives you a new one.',
        'If it was not you, ignore this message: nothing has changed.',
      ],
    },
  }[language];
  return mailOf(to, language, texts, address);
}

/** Somebody may choose a new password. */
export function resetMail(to: string, language: Language, address: string): Mail {
  const texts = {
    fr: {
      subject: 'Votre nouveau mot de passe PadelVar',
      before: ['Bonjour,', 'Voici le lien pour choisir un nouveau mot de passe.'],
      words: 'Choisir un mot de passe',
      after: [
        'Ce lien est valable une heure et ne sert qu’une fois. Vos connexions en cours prendront fin.',
        'Si vous n’avez rien demandé, ignorez ce message : votre mot de passe reste le même.',
      ],
    },
    en: {
      subject: 'Your new PadelVar password',
      before: ['Hello,', 'Here is the link to choose a new password.'],
      words: 'Choose a password',
      after: [
        'This link is good for one hour, and once. Wherever you are signed in, that ends.',
        'If you asked for nothing, ignore this message: your password stays the same.',
      ],
    },
  }[language];
  return mailOf(to, language, texts, address);
}

function mailOf(to: string, language: Language, letter: Letter, address: string): Mail {
  const { subject, before, words, after } = letter;
  const text = [...before, `${words}${language === 'fr' ? ' :' : ':'}\n${address}`, ...after, 'PadelVar'];
  const paragraph = (sentence: string): string => `<p>${escapeHtml(sentence)}</p>`;
  const anchor = `<p><a href="${escapeHtml(address)}">${escapeHtml(words)}</a></p>`;
  const body = [...before.map(paragraph), anchor, ...after.map(paragraph), paragraph('PadelVar')].join('\n');
  return {
    to,
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="${language}">\n<meta charset="utf-8">\n${body}\n</html>\n`,
  };
}

/** Names come from people: nothing in one may become markup. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
