import { texts } from '../i18n/texts';

/** What every player says, live or not. */
export const playerTexts = texts({
  en: {
    position: 'Position in the recording',
    back5: 'Back 5 seconds',
    back10: 'Back 10 seconds',
    back30: 'Back 30 seconds',
    forward5: 'Forward 5 seconds',
    forward10: 'Forward 10 seconds',
    forward30: 'Forward 30 seconds',
    play: 'Play',
    pause: 'Pause',
    previousFrame: 'Previous picture',
    nextFrame: 'Next picture',
    speed: 'Speed',
    fullscreen: 'Full screen',
    leaveFullscreen: 'Leave full screen',
  },
  fr: {
    position: 'Position dans l’enregistrement',
    back5: 'Reculer de 5 secondes',
    back10: 'Reculer de 10 secondes',
    back30: 'Reculer de 30 secondes',
    forward5: 'Avancer de 5 secondes',
    forward10: 'Avancer de 10 secondes',
    forward30: 'Avancer de 30 secondes',
    play: 'Lecture',
    pause: 'Pause',
    previousFrame: 'Image précédente',
    nextFrame: 'Image suivante',
    speed: 'Vitesse',
    fullscreen: 'Plein écran',
    leaveFullscreen: 'Quitter le plein écran',
  },
});
