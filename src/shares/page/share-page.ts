import { Html, html } from './html';
import { dayIn, fill, Language, lengthOf, momentIn, sizeIn, wordsIn } from './words';

/** A page: what stands in its head besides what all have, and what is seen. */
export interface Page {
  readonly title: string;
  readonly head: Html;
  readonly body: Html;
}

/** Where the page is, and in which language. */
export interface Place {
  /** `https://padel.example`: previews of links take whole addresses only. */
  readonly origin: string;
  /** `/s/<word>`. */
  readonly path: string;
  readonly language: Language;
}

/** What is told of a match to whoever has its link. Nobody's name is in it. */
export interface ShownMatch {
  readonly clubName: string;
  readonly timeZone: string;
  readonly courtName: string;
  readonly at: Date;
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly allowDownload: boolean;
  readonly expiresAt: Date;
  readonly hasLogo: boolean;
  /** `null`: the whole match. */
  readonly highlightId: string | null;
  /** `null`: its file is missing, or not made yet. */
  readonly bytes: number | null;
  /** How the film with the club's logo stands that is being made; `null`: there is nothing to wait for. */
  readonly preparing: 'waiting' | 'making' | 'failed' | null;
  /** How much of it is made, 0 to 1. */
  readonly brandingProgress: number;
}

const ICON = '/panel/icon-512.png';
const CARD = { width: 1200, height: 630 } as const;

/** The match, to watch and to keep. */
export function matchPage(place: Place, match: ShownMatch): Page {
  const { language, path, origin } = place;
  const words = wordsIn(language);
  const { courtName, clubName, timeZone, at, durationSeconds } = match;
  const title = `${courtName} · ${clubName}`;
  const length = lengthOf(durationSeconds);
  const description = fill(match.highlightId === null ? words.matchOf : words.highlightOf, {
    day: dayIn(language, at, timeZone),
    length,
  });
  const address = `${origin}${path}`;
  const preview = [
    ...previewOf(address, title, description, 'video.other', clubName),
    property('og:locale', language === 'fr' ? 'fr_FR' : 'en_GB'),
    property('og:image', `${address}/card.jpg`),
    property('og:image:type', 'image/jpeg'),
    property('og:image:width', CARD.width),
    property('og:image:height', CARD.height),
    property('og:image:alt', description),
    ...(match.bytes === null ? [] : film(origin, address, match)),
    name('twitter:card', 'summary_large_image'),
    name('twitter:image', `${address}/card.jpg`),
  ];
  const brand = match.hasLogo ? html`<img src="${path}/logo.png" alt="" class="logo" />` : MARK;
  const body = html`${header(place, html`${brand}<span>${clubName}</span>`)}
    <main>
      <h1>${courtName}</h1>
      <p class="facts">
        <time datetime="${at.toISOString()}">${momentIn(language, at, timeZone)}</time>
        <span>${length}</span>
      </p>
      ${match.bytes === null ? absence(place, match) : player(place, match)}
      <div class="below">
        ${
          match.bytes !== null && match.allowDownload
            ? html`<a class="button" href="${path}/download" download>
                ${ARROW} ${fill(words.download, { size: sizeIn(language, match.bytes) })}
              </a>`
            : null
        }
        <p class="quiet">
          ${match.highlightId === null ? null : words.silent}
          ${fill(words.until, { day: dayIn(language, match.expiresAt, timeZone) })}
        </p>
      </div>
    </main>
    ${footer(place)}`;
  return { title, head: html`${preview}`, body };
}

/** Why there is nothing to play. The page looks by itself whether there is (web/share). */
function absence({ path, language }: Place, { preparing, brandingProgress }: ShownMatch): Html {
  const words = wordsIn(language);
  if (preparing === null) return note(words.missing);
  if (preparing === 'failed') return note(words.unmade);
  const percent = Math.floor(100 * brandingProgress);
  return html`<div class="note" role="status" data-waits="${path}/video.mp4">
    <p>${words.preparing}</p>
    <progress max="100" value="${percent}" aria-label="${words.progress}"></progress>
  </div>`;
}

function player({ path, language }: Place, { width, height, allowDownload, highlightId }: ShownMatch): Html {
  const words = wordsIn(language);
  // A highlight has no sound: muted says so, and asks nobody for captions. A match has what its court recorded.
  return html`<video
      controls
      ${highlightId === null ? null : html`muted`}
      playsinline
      preload="metadata"
      width="${width}"
      height="${height}"
      poster="${path}/poster.jpg"
      src="${path}/video.mp4"
      aria-label="${words.watch}"
      ${allowDownload ? null : html`controlslist="nodownload"`}
    ></video>
    <div class="note" role="alert" data-unplayable="${words.unplayable}" hidden>
      <p>${words.trouble}</p>
      <p><a class="button plain" href="${path}">${words.again}</a></p>
    </div>`;
}

/** Asks for the pass-phrase, and says nothing of the match. */
export function lockedPage(place: Place): Page {
  const words = wordsIn(place.language);
  const { path, origin } = place;
  const preview = [
    ...previewOf(`${origin}${path}`, words.shared, words.neutral, 'website', 'PadelVar'),
    property('og:image', `${origin}${ICON}`),
    name('twitter:card', 'summary'),
  ];
  const body = html`${header(place, html`${MARK}<span>PadelVar</span>`)}
    <main class="narrow">
      <h1>${words.locked}</h1>
      <p class="facts">${words.lockedHint}</p>
      <form
        data-open="${path}/open"
        data-wrong="${words.wrong}"
        data-many="${words.many}"
        data-failed="${words.failed}"
        novalidate
      >
        <label for="passphrase">${words.passphrase}</label>
        <input
          id="passphrase"
          name="passphrase"
          type="password"
          autocomplete="off"
          maxlength="128"
          required
          aria-describedby="fault"
        />
        <p id="fault" class="fault" role="alert"></p>
        <button class="button" type="submit">${words.open}</button>
      </form>
      <noscript><p class="note">${words.noScript}</p></noscript>
    </main>
    ${footer(place)}`;
  return { title: words.shared, head: html`${preview}`, body };
}

/** The link is no longer good, or never was one. */
export function overPage(place: Place, which: 'ended' | 'none'): Page {
  const words = wordsIn(place.language);
  const title = words[which];
  const body = html`${header(place, html`${MARK}<span>PadelVar</span>`)}
    <main class="narrow">
      <h1>${title}</h1>
      <p class="facts">${which === 'ended' ? words.endedHint : words.noneHint}</p>
    </main>
    ${footer(place)}`;
  return { title, head: html``, body };
}

function previewOf(url: string, title: string, description: string, type: string, site: string): Html[] {
  return [
    name('description', description),
    property('og:type', type),
    property('og:site_name', site),
    property('og:title', title),
    property('og:description', description),
    property('og:url', url),
    name('twitter:title', title),
    name('twitter:description', description),
  ];
}

function film(origin: string, address: string, { width, height }: ShownMatch): Html[] {
  return [
    property('og:video', `${address}/video.mp4`),
    ...(origin.startsWith('https:') ? [property('og:video:secure_url', `${address}/video.mp4`)] : []),
    property('og:video:type', 'video/mp4'),
    property('og:video:width', width),
    property('og:video:height', height),
  ];
}

const property = (key: string, value: string | number): Html => html`<meta property="${key}" content="${value}" />`;
const name = (key: string, value: string): Html => html`<meta name="${key}" content="${value}" />`;
const note = (text: string): Html => html`<p class="note" role="status">${text}</p>`;

function header({ path, language }: Place, brand: Html): Html {
  const words = wordsIn(language);
  const other = language === 'fr' ? 'en' : 'fr';
  return html`<header>
    <p class="brand">${brand}</p>
    <a href="${path}?lang=${other}" hreflang="${other}" lang="${other}" title="${words.otherHint}">${words.other}</a>
  </header>`;
}

const footer = ({ language }: Place): Html => html`<footer>${wordsIn(language).by}</footer>`;

const MARK = html`<svg viewBox="0 0 32 32" width="36" height="36" aria-hidden="true">
  <rect width="32" height="32" rx="8" fill="#0c6b50" />
  <circle cx="16" cy="16" r="9" fill="#d9f04a" />
  <path d="M8.6 11c4 2.6 4 7.4 0 10M23.4 11c-4 2.6-4 7.4 0 10" fill="none" stroke="#0c6b50" stroke-width="1.8" />
</svg>`;

const ARROW = html`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
  <path
    d="M4 17v2a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-2M7 11l5 5l5-5M12 4v12"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
  />
</svg>`;
