import { texts } from '../i18n/texts';

/** What came of asking somebody else's service, as the service tells it in sentences. */
export const outgoingTexts = texts({
  en: {
    address_forbidden:
      'The address leads to where this service calls nobody: this machine, or a network that is not the club’s.',
    unreachable: 'Nothing answers at the address.',
    name_unknown: 'The name in the address is not known.',
    timeout: 'No whole answer came in time.',
    tls_failed: 'The certificate of the address is not one that can be trusted.',
    redirected: 'The address redirects elsewhere, which is not followed: enter where it leads to.',
    too_large: 'The answer is too large.',
    answer_cut: 'The connection ended in the middle of the answer.',
    answered: 'It answered {{status}}.',
    unreadable: 'Its address or secret cannot be read: enter the address again, or have a new secret made.',
    switched_off: 'The webhook was switched off.',
    owner_gone: 'Who entered this calendar is no admin of the club any more: enter it again.',
    address_unreadable: 'The address of the calendar cannot be read: enter it again.',
    no_calendar: 'What the address gives is no calendar.',
    too_slow: 'The calendar takes too long to read.',
    not_entered: 'Its events cannot be entered.',
  },
  fr: {
    address_forbidden:
      'L’adresse mène là où ce service n’appelle personne : cette machine, ou un réseau qui n’est pas celui du club.',
    unreachable: 'Rien ne répond à cette adresse.',
    name_unknown: 'Le nom dans l’adresse est inconnu.',
    timeout: 'Aucune réponse entière n’est arrivée à temps.',
    tls_failed: 'Le certificat de l’adresse n’est pas digne de confiance.',
    redirected: 'L’adresse renvoie ailleurs, ce qui n’est pas suivi : saisissez l’adresse où elle mène.',
    too_large: 'La réponse est trop grande.',
    answer_cut: 'La connexion s’est terminée au milieu de la réponse.',
    answered: 'Il a répondu {{status}}.',
    unreadable: 'Son adresse ou son secret est illisible : saisissez de nouveau l’adresse, ou créez un nouveau secret.',
    switched_off: 'Le webhook a été désactivé.',
    owner_gone: 'La personne qui a saisi ce calendrier n’est plus administratrice du club : saisissez-le de nouveau.',
    address_unreadable: 'L’adresse du calendrier est illisible : saisissez-la de nouveau.',
    no_calendar: 'Ce que donne l’adresse n’est pas un calendrier.',
    too_slow: 'Le calendrier est trop long à lire.',
    not_entered: 'Ses événements ne peuvent pas être repris.',
  },
});
