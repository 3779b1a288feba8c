const en = {
  signIn: 'Sign in',
  signOut: 'Sign out',
  signedInAs: 'Signed in as {name}',
  email: 'E-mail',
  password: 'Password',
  wrongLogin: 'The e-mail address or the password is wrong.',
  courts: 'Courts',
  noCourts: 'There are no courts yet.',
  watch: 'Watch',
  open: 'Open the court',
  opening: 'Reaching the camera …',
  free: 'Free',
  loading: 'Loading …',
  back: 'Courts',
  connecting: 'Connecting …',
  live: 'Live',
  reconnecting: 'The camera is away',
  reconnectingSince: 'The camera has been away for {time}. The picture comes back by itself.',
  offline: 'No connection',
  offlineSince: 'No connection to the service for {time}. It comes back by itself.',
  ended: 'Over',
  endedText: 'This session is over.',
  failed: 'Cannot be shown',
  blocked: 'Play',
  behind: '{seconds} s behind',
  behindTitle: 'From the picture’s arrival at the service until it is shown; p95: {p95} s',
  pictures: 'single pictures',
  recording: 'Recording',
  record: 'Record',
  stop: 'Stop recording',
  stopping: 'Finishing the file …',
  recorded: 'Recorded',
  recordingFailed: 'The recording failed.',
  oneGap: '1 gap',
  gaps: '{n} gaps',
  close: 'Close the session',
  review: 'Review',
  reviewHint: 'Start the recording to look back.',
  reviewFailed: 'The recording cannot be played.',
  position: 'Position in the recording',
  ago: '{time} ago',
  back5: 'Back 5 seconds',
  back10: 'Back 10 seconds',
  back30: 'Back 30 seconds',
  play: 'Play',
  pause: 'Pause',
  previousFrame: 'Previous picture',
  nextFrame: 'Next picture',
  speed: 'Speed',
  toLive: 'Back to live',
  keys: 'Keys: ← → 5 s · , . picture · space pause · 1 2 4 speed · L live',
  network: 'The service cannot be reached.',
  forgotten: 'Forgot your password?',
};

type Texts = Record<keyof typeof en, string>;

const fr: Texts = {
  signIn: 'Se connecter',
  signOut: 'Se déconnecter',
  signedInAs: 'Connecté : {name}',
  email: 'E-mail',
  password: 'Mot de passe',
  wrongLogin: 'L’adresse e-mail ou le mot de passe est incorrect.',
  courts: 'Terrains',
  noCourts: 'Il n’y a pas encore de terrain.',
  watch: 'Regarder',
  open: 'Ouvrir le terrain',
  opening: 'Connexion à la caméra …',
  free: 'Libre',
  loading: 'Chargement …',
  back: 'Terrains',
  connecting: 'Connexion …',
  live: 'Direct',
  reconnecting: 'Caméra absente',
  reconnectingSince: 'La caméra est absente depuis {time}. L’image revient d’elle-même.',
  offline: 'Hors connexion',
  offlineSince: 'Pas de connexion au service depuis {time}. Elle revient d’elle-même.',
  ended: 'Terminé',
  endedText: 'Cette session est terminée.',
  failed: 'Affichage impossible',
  blocked: 'Lire',
  behind: '{seconds} s de retard',
  behindTitle: 'De l’arrivée de l’image au service à son affichage ; p95 : {p95} s',
  pictures: 'image par image',
  recording: 'Enregistrement',
  record: 'Enregistrer',
  stop: 'Arrêter l’enregistrement',
  stopping: 'Finalisation du fichier …',
  recorded: 'Enregistré',
  recordingFailed: 'L’enregistrement a échoué.',
  oneGap: '1 coupure',
  gaps: '{n} coupures',
  close: 'Fermer la session',
  review: 'Ralenti',
  reviewHint: 'Lancez l’enregistrement pour revoir une action.',
  reviewFailed: 'L’enregistrement ne peut pas être lu.',
  position: 'Position dans l’enregistrement',
  ago: 'il y a {time}',
  back5: 'Reculer de 5 secondes',
  back10: 'Reculer de 10 secondes',
  back30: 'Reculer de 30 secondes',
  play: 'Lecture',
  pause: 'Pause',
  previousFrame: 'Image précédente',
  nextFrame: 'Image suivante',
  speed: 'Vitesse',
  toLive: 'Retour au direct',
  keys: 'Clavier : ← → 5 s · , . image · espace pause · 1 2 4 vitesse · L direct',
  network: 'Le service est injoignable.',
  forgotten: 'Mot de passe oublié ?',
};

/** Problems of the service by their code, in words for people on court; what is not here is said as the service says it. */
const problems: Record<string, readonly [en: string, fr: string]> = {
  unauthorized: ['Please sign in again.', 'Veuillez vous reconnecter.'],
  forbidden: [
    'Only the owner of the session and the club may do this.',
    'Réservé au responsable de la session et au club.',
  ],
  not_found: ['This session does not exist, or is not yours.', 'Cette session n’existe pas, ou n’est pas la vôtre.'],
  terrain_in_session: ['Somebody else is using this court.', 'Ce terrain est déjà utilisé.'],
  session_not_live: [
    'The session is not open, or its camera is away.',
    'La session n’est pas ouverte, ou sa caméra est absente.',
  ],
  already_recording: ['It is recording already.', 'L’enregistrement est déjà en cours.'],
  already_recorded: [
    'This session has its recording. Open a new one.',
    'Cette session a déjà son enregistrement. Ouvrez-en une autre.',
  ],
  not_recording: ['Nothing is being recorded.', 'Aucun enregistrement en cours.'],
  in_use: ['Stop the recording first.', 'Arrêtez d’abord l’enregistrement.'],
  session_limit: [
    'All places are taken. Close a session first.',
    'Toutes les places sont prises. Fermez d’abord une session.',
  ],
  viewer_limit: [
    'Too many people are watching. It is tried again by itself.',
    'Trop de spectateurs. Nouvel essai automatique.',
  ],
  too_many_attempts: ['Too many attempts. Wait a moment.', 'Trop d’essais. Patientez un instant.'],
  camera_unreachable: [
    'The camera does not answer. Check its power and network.',
    'La caméra ne répond pas. Vérifiez son alimentation et son réseau.',
  ],
  camera_unauthorized: ['The camera refuses its password.', 'La caméra refuse son mot de passe.'],
  camera_stream_not_found: ['The camera has no stream at this address.', 'La caméra n’a pas de flux à cette adresse.'],
  camera_unsupported: [
    'The camera sends a format that cannot be used.',
    'Le format de la caméra n’est pas pris en charge.',
  ],
  camera_timeout: ['The camera did not answer in time.', 'La caméra n’a pas répondu à temps.'],
  disk_full: ['The disk is full. Delete videos first.', 'Le disque est plein. Supprimez d’abord des vidéos.'],
  database_unavailable: [
    'The service is busy. Try again in a moment.',
    'Le service est occupé. Réessayez dans un instant.',
  ],
  overloaded: ['The service is busy. Try again in a moment.', 'Le service est occupé. Réessayez dans un instant.'],
};

export type Language = 'en' | 'fr';
const KEY = 'padelvar.language';

/** The last choice, else the browser's first language of the two. */
function preferred(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return wanted.find((tag): tag is Language => tag === 'en' || tag === 'fr') ?? 'en';
}

let language = preferred();
document.documentElement.lang = language;

export function currentLanguage(): Language {
  return language;
}

export function setLanguage(choice: Language): void {
  language = choice;
  localStorage.setItem(KEY, choice);
  document.documentElement.lang = choice;
}

export function t(key: keyof Texts, values: Record<string, string | number> = {}): string {
  const text = (language === 'fr' ? fr : en)[key];
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''));
}

/**
 * A number with one or two decimals, as the language writes it. By hand: the browser's own formats are loaded when they are
 * first asked for, which took 20 ms of a court's opening.
 */
export function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return language === 'fr' ? text.replace('.', ',') : text;
}

export function inWords(problem: { readonly code: string; readonly detail: string }): string {
  const words = problems[problem.code];
  return words === undefined ? problem.detail : words[language === 'fr' ? 1 : 0];
}
