import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import { ADMIN, PASSWORD } from './club';
import type { TestBrowser, TestPage } from './browser';
import { told } from './until';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 A and AA, as axe names them. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Once nothing fades or slides any more; what turns for ever does not count. */
const SETTLED = `(async () => {
  const moving = () => document.getAnimations().filter((animation) =>
    animation.playState === 'running' && animation.effect.getTiming().iterations !== Infinity);
  while (moving().length > 0) await Promise.allSettled(moving().map((animation) => animation.finished));
})()`;

/** Behind an open dialog nobody can press anything: it is looked at while there is none. */
const REACHABLE = `document.querySelector('[role=dialog][aria-modal=true]') ?? document`;

/** Opens the panel as somebody, at a page of it. */
export async function openPanel(
  browser: TestBrowser,
  url: string,
  email: string,
  path = '/courts',
  options: Parameters<TestBrowser['open']>[0] = {},
): Promise<TestPage> {
  const page = await browser.open(options);
  await page.page.goto(`${url}/panel${path}`);
  await signInHere(page, email, email === ADMIN.email ? ADMIN.password : PASSWORD);
  return page;
}

/** Fills in the form that is there. */
export async function signInHere({ page }: TestPage, email: string, password = PASSWORD): Promise<void> {
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('form button[type=submit]');
  await page.waitForSelector('#content');
}

/** What axe finds against WCAG 2.2 AA in the page as it is now, each with where and why. */
export async function accessibilityFaults({ page }: TestPage): Promise<string[]> {
  // What fades in has its colours when it is there.
  await told(() => page.evaluate(SETTLED));
  // Evaluated by the debugger: the policy allows no script in the page, and needs none for this.
  await page.evaluate(AXE);
  const options = { runOnly: { type: 'tag', values: RULES }, resultTypes: ['violations'] };
  const results = await told(() => page.evaluate<AxeResults>(`axe.run(${REACHABLE}, ${JSON.stringify(options)})`));
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}\n${html.slice(0, 300)}\n${failureSummary}`),
  );
}
