import { accountExistsMail, confirmationMail, invitationMail, Language, resetMail } from './letters';

const ADDRESS = 'https://padel.example/panel/link#/invitation/abc-_1';
const TO = 'alex@lac.example';
const LANGUAGES: readonly Language[] = ['fr', 'en'];

const mails = (language: Language, club: string) => [
  invitationMail(TO, language, { club, address: ADDRESS }),
  confirmationMail(TO, language, { club, address: ADDRESS }),
  accountExistsMail(TO, language, { club, address: ADDRESS }),
  resetMail(TO, language, ADDRESS),
];

describe('the letters', () => {
  it.each(LANGUAGES)('have the link once, as text and as a link (%s)', (language) => {
    for (const { to, text, html } of mails(language, 'Padel du Lac')) {
      expect(to).toBe(TO);
      expect(text.split(ADDRESS)).toHaveLength(2);
      expect(text).toMatch(/^https:\S+$/m);
      expect(html.split(`<a href="${ADDRESS}">`)).toHaveLength(2);
      expect(html).toContain(`<html lang="${language}">`);
    }
  });

  it.each(LANGUAGES)('let no name become markup (%s)', (language) => {
    for (const { html, subject } of mails(language, `<img src="x" onerror='a()'> & Co`)) {
      expect(html).not.toMatch(/<img|onerror='/);
      expect(subject).not.toMatch(/[\r\n]/);
    }
    const [invitation] = mails(language, '<b>&"\'');
    expect(invitation?.html).toContain('&lt;b&gt;&amp;&quot;&#39;');
    expect(invitation?.text).toContain('<b>&"\'');
  });

  it('differ by language, in subject and words', () => {
    const english = mails('en', 'X');
    for (const [at, french] of mails('fr', 'X').entries()) {
      expect(french.subject).not.toBe(english[at]?.subject);
      expect(french.text).not.toBe(english[at]?.text);
    }
  });
});
