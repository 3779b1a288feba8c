import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser, BrowserContext, BrowserContextOptions, chromium, Page } from 'playwright-core';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { CameraServer, monotonic, SentFrame } from '../cameras';
import { repositoryRoot } from '../cameras/child-process';
import { told } from './until';

/** Debian's; `scripts/setup.mjs` installs it. */
const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  // Muted video plays anyway; this is for pages that would want sound one day.
  '--autoplay-policy=no-user-gesture-required',
  '--disable-dev-shm-usage',
  // Chromium refuses to run as root with its sandbox; the pages are our own.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** A real Chromium without a window. */
export class TestBrowser {
  private constructor(private readonly browser: Browser) {}

  static async start(flags: readonly string[] = []): Promise<TestBrowser> {
    const args = [...FLAGS, ...flags];
    return new TestBrowser(await chromium.launch({ executablePath: CHROMIUM, headless: true, args }));
  }

  /** A page with cookies and storage of its own. */
  async open(options: BrowserContextOptions & { script?: string } = {}): Promise<TestPage> {
    const { script, ...context } = options;
    const own = await this.browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...context });
    if (script !== undefined) await own.addInitScript(script);
    await own.addInitScript(PICTURE_READER);
    return new TestPage(own, await own.newPage());
  }

  /** The process from which all of the browser's descend. */
  async pid(): Promise<number> {
    const session = await this.browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return (processInfo.find(({ type }) => type === 'browser') as { id: number }).id;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** A picture seen in the page: what its time bars say, and when it was read. */
export interface SeenPicture {
  /** `null`: no bars could be read, e.g. from half a picture. */
  readonly bars: number | null;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Seconds on the video's timeline; 0 for a canvas. */
  readonly mediaTime: number;
}

/** One page, and everything that went wrong in it. */
export class TestPage {
  /** Errors of scripts, and what the browser refused (the security policy speaks here). */
  readonly faults: string[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      // A refused request is an answer like any other; the page says it in words.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.faults.push(message.text());
      }
    });
  }

  /** Opens the bare page and signs in. */
  async signIn(url: string, email: string, password: string): Promise<void> {
    await this.page.goto(`${url}/live/`);
    await this.signInHere(email, password);
  }

  /** Fills in the form that is there. */
  async signInHere(email: string, password: string): Promise<void> {
    await this.page.fill('#email', email);
    await this.page.fill('#password', password);
    await this.page.click('form button');
    await this.page.waitForSelector('main section');
  }

  /** Begins to write down every picture that a `<video>` or `<canvas>` shows. */
  async watch(selector: string): Promise<void> {
    await this.page.evaluate(`globalThis.pictureReader.watch(${JSON.stringify(selector)})`);
  }

  /** Pictures since {@link watch} or the last call. */
  taken(): Promise<SeenPicture[]> {
    return this.page.evaluate('globalThis.pictureReader.take()');
  }

  /** What an element shows once that is another picture than the one with these bars. */
  next(selector: string, bars: number | null): Promise<SeenPicture> {
    return told(() => this.page.evaluate(`globalThis.pictureReader.next(${JSON.stringify(selector)}, ${bars})`));
  }

  /** What an element shows now. */
  look(selector: string): Promise<SeenPicture> {
    return this.page.evaluate(`globalThis.pictureReader.look(${JSON.stringify(selector)})`);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Writes down when a camera sent which picture, to tell later how old a picture seen was. */
export class SentPictures {
  private readonly sent = new Map<number, number[]>();
  private readonly note = (frame: SentFrame): void => {
    const times = this.sent.get(frame.bars) ?? [];
    times.push(frame.at);
    this.sent.set(frame.bars, times.slice(-4));
  };

  constructor(private readonly camera: CameraServer) {
    camera.on('frame', this.note);
  }

  /** Milliseconds from the camera's sending to the page's seeing; `null` where the picture was not readable or never sent. */
  ageOf({ bars, at }: SeenPicture): number | null {
    // The cameras' clock is monotonic, the page's says epoch milliseconds: both run on this machine.
    const seenAt = at - (performance.timeOrigin + performance.now()) + monotonic();
    const sentAt = bars === null ? undefined : this.sent.get(bars)?.findLast((time) => time <= seenAt);
    return sentAt === undefined ? null : seenAt - sentAt;
  }

  stop(): void {
    this.camera.off('frame', this.note);
  }
}

/** The reader of the time bars, as the cameras' own tests use it, for the page. */
function barsReader(): string {
  const source = readFileSync(join(repositoryRoot(), 'test', 'cameras', 'time-bars.ts'), 'utf8');
  const { outputText } = transpileModule(source, {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 },
  });
  return outputText.replace(/^export /gm, '');
}

/** Reading happens on a small copy: the bars are blocks, and a large copy would cost the page what it is to be measured by. */
const PICTURE_READER = `(() => {
  ${barsReader()}
  const WIDTH = 440, HEIGHT = 180;
  // Made when first needed: pages whose start is measured have nothing to read.
  let context = null;
  const gray = new Uint8Array(WIDTH * HEIGHT);
  const now = () => performance.timeOrigin + performance.now();
  const read = (element) => {
    // A video without a picture draws nothing; reading that would only keep the page from its work.
    if (!element || !(element.videoWidth ?? element.width) || element.readyState < 2) return null;
    context ??= new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d', { willReadFrequently: true, alpha: false });
    context.drawImage(element, 0, 0, WIDTH, HEIGHT);
    const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
    for (let i = 0; i < gray.length; i++) gray[i] = (data[i * 4] + 2 * data[i * 4 + 1] + data[i * 4 + 2]) >> 2;
    return readTimeBars(gray, WIDTH, HEIGHT);
  };
  let seen = [];
  let generation = 0;
  globalThis.pictureReader = {
    look: (selector) => {
      const element = document.querySelector(selector);
      return { bars: read(element), at: now(), mediaTime: element?.currentTime ?? 0 };
    },
    next: async (selector, bars) => {
      for (;;) {
        const picture = globalThis.pictureReader.look(selector);
        if (picture.bars !== null && picture.bars !== bars) return picture;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    },
    take: () => seen.splice(0),
    watch: (selector) => {
      const element = document.querySelector(selector);
      const mine = ++generation;
      let last = null;
      seen = [];
      const note = (mediaTime) => {
        if (mine !== generation) return;
        const bars = read(element);
        if (mediaTime !== null || bars !== last) seen.push({ bars, at: now(), mediaTime: mediaTime ?? 0 });
        last = bars;
        if (seen.length > 10000) seen.shift();
        next();
      };
      const next = () =>
        element.requestVideoFrameCallback
          ? element.requestVideoFrameCallback((_time, data) => note(data.mediaTime))
          : requestAnimationFrame(() => note(null));
      next();
    },
  };
})();`;
