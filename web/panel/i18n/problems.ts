import i18next from 'i18next';
import { ApiProblem } from '../api/problem';
import { texts } from './texts';

/** Problems by their code, in words for people at a court. What is not here is said as the service says it. */
export const problemTexts = texts({
  en: {
    network: 'The service cannot be reached. Check the network; it is tried again.',
    unknown: 'Something went wrong. Try again.',
    unauthorized: 'Please sign in again.',
    forbidden: 'You may not do this: ask the owner of the session or the club.',
    not_found: 'This does not exist, or it is not yours to see.',
    validation_failed: 'Something in the form is not right.',
    terrain_in_session: 'Somebody is using this court.',
    session_not_live: 'The session is not open, or its camera is away.',
    already_recording: 'It is recording already.',
    already_recorded: 'This session has its recording. Open a new one for the next match.',
    not_recording: 'Nothing is being recorded.',
    in_use: 'Still in use: stop the recording and close the session first.',
    session_limit: 'All places are taken. Close a session first.',
    highlight_limit: 'This match has all the highlights it may have. Delete some first.',
    highlight_not_ready: 'The highlight is not made yet.',
    camera_limit: 'This court has all the cameras it may have.',
    marker_limit: 'This match has all the markers it may have. Delete some first.',
    logo_missing: 'The club has no logo yet.',
    share_limit: 'This match has all the links it may have. Take some back first.',
    sharing_disabled: 'The club does not share matches.',
    picture_unreadable: 'This picture cannot be read. Try another one.',
    viewer_limit: 'Too many people are watching. It is tried again by itself.',
    too_many_attempts: 'Too many attempts. Wait a moment.',
    camera_unreachable: 'The camera does not answer. Check its power and its network.',
    camera_unauthorized: 'The camera refuses its user name or password.',
    camera_stream_not_found: 'The camera has no stream at this address.',
    camera_redirected: 'The camera sends us elsewhere: enter the address it sends us to.',
    camera_unsupported: 'The camera sends a format that cannot be used. Set it to H.264, H.265 or MJPEG.',
    camera_timeout: 'The camera did not answer in time. Restart it, or check the network.',
    camera_address_forbidden: 'This address is not allowed for a camera.',
    camera_scheme_unsupported: 'The address must begin with rtsp://, rtsps://, http:// or https://.',
    link_invalid: 'This link is no longer good. Ask for a new one.',
    mail_not_configured: 'No mail is sent here: ask the club to invite you.',
    mail_failed: 'The mail could not be sent. Try again later.',
    email_taken: 'There is an account with this address already.',
    own_account: 'Not on your own account: let another admin do it.',
    disk_full: 'The disk is full. Delete videos first.',
    database_unavailable: 'The service is busy. It is tried again in a moment.',
    overloaded: 'The service is busy. Try again in a moment.',
    shutting_down: 'The service is being restarted. Try again in a moment.',
    player_not_found: 'Nobody in this club has this address.',
    session_full: 'This match has all its players. Take one out first.',
    session_over: 'This match is over.',
    internal_error: 'The service had a fault. Try again.',
  },
  fr: {
    network: 'Le service est injoignable. Vérifiez le réseau ; nouvel essai automatique.',
    unknown: 'Une erreur est survenue. Réessayez.',
    unauthorized: 'Veuillez vous reconnecter.',
    forbidden: 'Vous ne pouvez pas le faire : adressez-vous au responsable de la session ou au club.',
    not_found: 'Cela n’existe pas, ou ne vous est pas accessible.',
    validation_failed: 'Le formulaire contient une erreur.',
    terrain_in_session: 'Ce terrain est déjà utilisé.',
    session_not_live: 'La session n’est pas ouverte, ou sa caméra est absente.',
    already_recording: 'L’enregistrement est déjà en cours.',
    already_recorded: 'Cette session a son enregistrement. Ouvrez-en une autre pour le match suivant.',
    not_recording: 'Aucun enregistrement en cours.',
    in_use: 'Encore en service : arrêtez l’enregistrement et fermez la session d’abord.',
    session_limit: 'Toutes les places sont prises. Fermez d’abord une session.',
    highlight_limit: 'Ce match a déjà toutes les vidéos courtes possibles. Supprimez-en d’abord.',
    highlight_not_ready: 'La vidéo courte n’est pas encore prête.',
    camera_limit: 'Ce terrain a déjà toutes les caméras possibles.',
    marker_limit: 'Ce match a déjà tous les repères possibles. Supprimez-en d’abord.',
    logo_missing: 'Le club n’a pas encore de logo.',
    share_limit: 'Ce match a déjà tous les liens possibles. Retirez-en d’abord.',
    sharing_disabled: 'Le club ne partage pas de matchs.',
    picture_unreadable: 'Cette image est illisible. Essayez-en une autre.',
    viewer_limit: 'Trop de spectateurs. Nouvel essai automatique.',
    too_many_attempts: 'Trop d’essais. Patientez un instant.',
    camera_unreachable: 'La caméra ne répond pas. Vérifiez son alimentation et son réseau.',
    camera_unauthorized: 'La caméra refuse son identifiant ou son mot de passe.',
    camera_stream_not_found: 'La caméra n’a pas de flux à cette adresse.',
    camera_redirected: 'La caméra renvoie ailleurs : saisissez l’adresse vers laquelle elle renvoie.',
    camera_unsupported: 'Le format de la caméra n’est pas pris en charge. Réglez-la sur H.264, H.265 ou MJPEG.',
    camera_timeout: 'La caméra n’a pas répondu à temps. Redémarrez-la, ou vérifiez le réseau.',
    camera_address_forbidden: 'Cette adresse n’est pas autorisée pour une caméra.',
    camera_scheme_unsupported: 'L’adresse doit commencer par rtsp://, rtsps://, http:// ou https://.',
    link_invalid: 'Ce lien n’est plus valable. Demandez-en un nouveau.',
    mail_not_configured: 'Aucun e-mail n’est envoyé ici : demandez une invitation au club.',
    mail_failed: 'L’e-mail n’a pas pu être envoyé. Réessayez plus tard.',
    email_taken: 'Un compte existe déjà avec cette adresse.',
    own_account: 'Pas sur votre propre compte : demandez à un autre administrateur.',
    disk_full: 'Le disque est plein. Supprimez d’abord des vidéos.',
    database_unavailable: 'Le service est occupé. Nouvel essai dans un instant.',
    overloaded: 'Le service est occupé. Réessayez dans un instant.',
    shutting_down: 'Le service redémarre. Réessayez dans un instant.',
    player_not_found: 'Personne dans ce club n’a cette adresse.',
    session_full: 'Ce match a déjà tous ses joueurs. Retirez-en un d’abord.',
    session_over: 'Ce match est terminé.',
    internal_error: 'Le service a eu une panne. Réessayez.',
  },
});

export type ProblemCode = keyof (typeof problemTexts)['en'];

/** Any failure in the reader's words. @param own words for codes that mean something else in this place */
export function inWords(error: unknown, own: Readonly<Record<string, string>> = {}): string {
  if (!(error instanceof ApiProblem)) return i18next.t('problems:unknown');
  return own[error.code] ?? problemInWords(error.code, error.detail);
}

/** A problem as the live connection tells it. */
export function problemInWords(code: string, detail: string): string {
  if (code in problemTexts.en) return i18next.t(`problems:${code as ProblemCode}`);
  return detail === '' ? i18next.t('problems:unknown') : detail;
}
