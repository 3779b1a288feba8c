/** Languages of the page. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

const EN = {
  other: 'Français',
  otherHint: 'Cette page en français',
  shared: 'A shared match',
  neutral: 'Open the link to watch it.',
  matchOf: 'Padel match of {day}, {length}',
  highlightOf: 'Highlight of a padel match of {day}, {length}',
  watch: 'Video of the match',
  download: 'Download ({size})',
  until: 'You can watch it here until {day}.',
  silent: 'There is no sound.',
  missing: 'The video is not there at the moment. Try again later.',
  preparing: 'The video is being prepared. It is here as soon as it is ready; come back later, or leave the page open.',
  progress: 'How much of it is ready',
  unmade: 'The video could not be prepared. Ask whoever sent the link for a new one.',
  unplayable: 'This browser does not play this kind of video. Download it, or open the page in Safari.',
  trouble: 'The video cannot be played. Check your connection and load the page again.',
  again: 'Load the page again',
  locked: 'This match has a pass\u2011phrase',
  lockedHint: 'Whoever sent you the link knows it.',
  passphrase: 'Pass-phrase',
  open: 'Open',
  wrong: 'That is not it. Try again.',
  many: 'Too many tries. Wait some minutes.',
  failed: 'That did not work. Try again in a moment.',
  noScript: 'To open it, allow JavaScript on this page.',
  ended: 'This match is no longer shared',
  endedHint: 'The link has run out, or was taken back. Ask whoever sent it for a new one.',
  none: 'There is nothing here',
  noneHint: 'The link is not whole. Open it again from where you got it, or have it sent again.',
  by: 'Recorded with PadelVar',
} as const;

type Words = { readonly [Key in keyof typeof EN]: string };

const FR: Words = {
  other: 'English',
  otherHint: 'This page in English',
  shared: 'Un match partagé',
  neutral: 'Ouvrez le lien pour le regarder.',
  matchOf: 'Match de padel du {day}, {length}',
  highlightOf: 'Temps fort d’un match de padel du {day}, {length}',
  watch: 'Vidéo du match',
  download: 'Télécharger ({size})',
  until: 'Vous pouvez le regarder ici jusqu’au {day}.',
  silent: 'Il n’y a pas de son.',
  missing: 'La vidéo n’est pas disponible pour le moment. Réessayez plus tard.',
  preparing:
    'La vidéo est en préparation. Elle sera ici dès qu’elle est prête ; revenez plus tard ou laissez la page ouverte.',
  progress: 'Part déjà prête',
  unmade: 'La vidéo n’a pas pu être préparée. Demandez un nouveau lien à la personne qui vous l’a envoyé.',
  unplayable: 'Ce navigateur ne lit pas ce type de vidéo. Téléchargez-la, ou ouvrez la page dans Safari.',
  trouble: 'La vidéo ne peut pas être lue. Vérifiez votre connexion et rechargez la page.',
  again: 'Recharger la page',
  locked: 'Ce match est protégé par un mot de passe',
  lockedHint: 'La personne qui vous a envoyé le lien le connaît.',
  passphrase: 'Mot de passe',
  open: 'Ouvrir',
  wrong: 'Ce n’est pas le bon. Réessayez.',
  many: 'Trop d’essais. Attendez quelques minutes.',
  failed: 'Cela n’a pas fonctionné. Réessayez dans un instant.',
  noScript: 'Pour l’ouvrir, autorisez JavaScript sur cette page.',
  ended: 'Ce match n’est plus partagé',
  endedHint: 'Le lien a expiré ou a été retiré. Demandez-en un nouveau à la personne qui vous l’a envoyé.',
  none: 'Il n’y a rien ici',
  noneHint: 'Le lien n’est pas complet. Rouvrez-le là où vous l’avez reçu, ou faites-le renvoyer.',
  by: 'Enregistré avec PadelVar',
};

/** The page's words in a language. */
export function wordsIn(language: Language): Words {
  return language === 'fr' ? FR : EN;
}

/** Puts values into words: `{day}`. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}

const locale = (language: Language): string => (language === 'fr' ? 'fr' : 'en-GB');

/** `3 November 2026`, in the club's zone. */
export function dayIn(language: Language, at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(locale(language), { dateStyle: 'long', timeZone }).format(at);
}

/** `Tuesday 3 November 2026 at 18:00`, in the club's zone. */
export function momentIn(language: Language, at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(locale(language), { dateStyle: 'full', timeStyle: 'short', timeZone }).format(at);
}

/** `1 h 30 min`, `45 min`, `12 s`: the same in both languages. */
export function lengthOf(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return `${m} min`;
  return m === 0 ? `${h} h` : `${h} h ${String(m).padStart(2, '0')} min`;
}

/** `1.3 GB`, `1,3 Go`: steps of 1,000. */
export function sizeIn(language: Language, bytes: number): string {
  const units = language === 'fr' ? ['o', 'ko', 'Mo', 'Go', 'To'] : ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const maximumFractionDigits = step === 0 || bytes / 1000 ** step >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(locale(language), { maximumFractionDigits }).format(bytes / 1000 ** step);
  return `${number} ${units[step]}`;
}
