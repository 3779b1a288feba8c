import i18next from 'i18next';

interface Both {
  readonly en: Readonly<Record<string, string>>;
  readonly fr: Readonly<Record<string, string>>;
}

/** Adds the texts of rooms that come with their pages, so that the first page does not wait for them. */
export function bringTexts(rooms: Readonly<Record<string, Both>>): void {
  for (const [room, { en, fr }] of Object.entries(rooms)) {
    i18next.addResourceBundle('en', room, en);
    i18next.addResourceBundle('fr', room, fr);
  }
}
