import { texts } from '../i18n/texts';

/** The button at a court, and its key. */
export const buttonTexts = texts({
  en: {
    button: 'Button at the court',
    buttonHint:
      'A button at the court keeps the last seconds of the match, for everybody who plays. It needs a key, which is shown once.',
    buttonMake: 'Make a key',
    buttonRemove: 'Remove the key',
    buttonShown: 'The key of {{name}}. Copy it now: it is not shown again. One that was made before is no longer good.',
    buttonKey: 'Key',
    buttonUrl: 'Address that the button posts to',
    buttonCurl: 'To try it, while a match is recorded',
    buttonAsk: 'Make a new key for {{name}}?',
    buttonAskText: 'A button that is set up with the present key does nothing any more until it has the new one.',
    buttonRemoveAsk: 'Remove the key of {{name}}?',
    buttonRemoveText: 'A button that is set up with it does nothing any more.',
    buttonRemoved: 'The button of {{name}} has no key any more.',
  },
  fr: {
    button: 'Bouton au bord du terrain',
    buttonHint:
      'Un bouton au terrain garde les dernières secondes du match, pour tous ceux qui jouent. Il lui faut une clé, affichée une seule fois.',
    buttonMake: 'Créer une clé',
    buttonRemove: 'Retirer la clé',
    buttonShown:
      'La clé de {{name}}. Copiez-la maintenant : elle ne sera plus affichée. Une clé créée auparavant n’est plus valable.',
    buttonKey: 'Clé',
    buttonUrl: 'Adresse que le bouton appelle (POST)',
    buttonCurl: 'Pour essayer, pendant un enregistrement',
    buttonAsk: 'Créer une nouvelle clé pour {{name}} ?',
    buttonAskText: 'Un bouton réglé avec la clé actuelle ne fait plus rien tant qu’il n’a pas la nouvelle.',
    buttonRemoveAsk: 'Retirer la clé de {{name}} ?',
    buttonRemoveText: 'Un bouton réglé avec elle ne fait plus rien.',
    buttonRemoved: 'Le bouton de {{name}} n’a plus de clé.',
  },
});
