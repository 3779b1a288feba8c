/** Which version this tab has loaded itself for already: two builds side by side must not make it load for ever. */
const LOADED_FOR = 'padelvar.loaded-for';
const ENTRY = /<script type="module"[^>]* src="([^"]+)"/;

/** The script this page began with; its name holds a hash of what is in it. */
function runningScript(): string {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return script === null ? '' : new URL(script.src).pathname;
}

/** @returns the script of the version that the service has now, where it is another one than this page's; `null` also where nobody answers */
async function newerScript(): Promise<string | null> {
  try {
    const answer = await fetch('/panel/', { cache: 'no-store' });
    const script = answer.ok ? ENTRY.exec(await answer.text())?.[1] : undefined;
    return script === undefined || script === runningScript() ? null : script;
  } catch {
    return null;
  }
}

/** Whether the service was given a new version since this page was loaded: what the page has not loaded yet may be gone. */
export async function isOutdated(): Promise<boolean> {
  return (await newerScript()) !== null;
}

/** Loads the page again where there is a new version of it; for each new version once. */
export async function loadNewVersion(): Promise<void> {
  const script = await newerScript();
  if (script === null || sessionStorage.getItem(LOADED_FOR) === script) return;
  sessionStorage.setItem(LOADED_FOR, script);
  location.reload();
}
