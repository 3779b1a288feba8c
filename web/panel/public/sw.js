/**
 * Keeps the panel's own files, so that it opens at once and says what is wrong where there is no network. Nothing of the
 * service's is kept: no answer, no picture, no video.
 *
 * What is kept is one build, whole: a page is put in only after the files it names, and what an earlier build left goes then.
 */
const CACHE = 'padelvar-panel-2';
const SHELL = '/panel/courts';
const ASSETS = '/panel/assets/';
/** What a proxy says while the service is away. */
const AWAY = [502, 503, 504];

self.addEventListener('install', (event) => {
  event.waitUntil(
    fetch(SHELL)
      .then(keep)
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const outdated = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(outdated());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith('/panel/')) return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else if (pathname.startsWith(ASSETS)) event.respondWith(asset(request));
});

/** From the service where it answers; else the page as it was, whose scripts say that nothing can be reached. */
async function page(event) {
  try {
    const answer = await fetch(event.request);
    if (AWAY.includes(answer.status)) return (await kept()) ?? answer;
    // Whoever looks does not wait for it; what goes wrong with it is put right at the next page.
    event.waitUntil(keep(answer.clone()).catch(() => undefined));
    return answer;
  } catch (error) {
    const page = await kept();
    if (page) return page;
    throw error;
  }
}

/** Its name holds a hash of what is in it: it never changes. */
async function asset(request) {
  const cache = await caches.open(CACHE);
  const copy = await cache.match(request);
  if (copy) return copy;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function kept() {
  return (await caches.open(CACHE)).match(SHELL);
}

/** Puts a page of the panel in the place of the kept one, if it is of another build. */
async function keep(answer) {
  // A picture that is opened by itself is an answer too, and no page.
  if (!answer.ok || answer.redirected || !/^text\/html\b/.test(answer.headers.get('content-type') ?? '')) return;
  const named = assetsOf(await answer.clone().text());
  if (named.length === 0) return;
  const before = assetsOf((await (await kept())?.text()) ?? '');
  if (named.join() === before.join()) return;
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const path of named) if (!(await cache.match(path))) missing.push(path);
  await cache.addAll(missing);
  await cache.put(SHELL, answer);
  // Also what pages of the earlier build loaded later on: the names differ wherever the files do.
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith(ASSETS) && !named.includes(pathname)) await cache.delete(request);
  }
}

/** Paths of the scripts and styles that a page names. */
function assetsOf(html) {
  return [...new Set(html.match(/\/panel\/assets\/[\w.-]+/g) ?? [])].sort();
}
