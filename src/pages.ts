import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, NextFunction, Request, Response } from 'express';
import expressStaticGzip from 'express-static-gzip';
import { builtPage } from './common/built-page';

const PANEL = '/panel';
/** Names in there hold a hash of what is in the file: it never changes. */
const HASHED = `${sep}assets${sep}`;
/** What `web/panel/index.html` has in the place of the nonce. */
const NONCE = '__CSP_NONCE__';
/** The panel's own addresses have no dot; what has one is a file, or nothing. */
const PAGE = /^[^.]*$/;

/** A request for the panel: its page makes style sheets of its own, which a nonce allows (CSP Level 3, §7.2). */
export function isPanel({ path }: Pick<Request, 'path'>): boolean {
  return path === PANEL || path.startsWith(`${PANEL}/`);
}

/** A new nonce, for one answer. */
export function newNonce(response: Response): string {
  return ((response.locals as { nonce?: string }).nonce ??= randomBytes(16).toString('base64'));
}

/**
 * Serves what was built from `web/`: the panel (`static/panel/`), the bare page (`static/live/`), what pages of shared
 * matches need (`static/share/`), and nothing else of
 * `static/`. What was not built is a 404 like any unknown route.
 */
export function setupPages(app: NestExpressApplication): void {
  const express = app.getHttpAdapter().getInstance() as Express;
  express.get('/', (_request, response) => response.redirect(302, `${PANEL}/`));
  serveFiles(express, 'live', 'index.html');
  // Looks and script of the pages of shared matches; the pages are made by `shares/`.
  serveFiles(express, 'share', false);
  serveFiles(express, 'panel', false);
  servePanel(express);
}

/** @param index what stands for a directory */
function serveFiles(express: Express, name: 'live' | 'panel' | 'share', index: string | false): void {
  const setHeaders = (response: { setHeader(name: string, value: string): unknown }, path: string): void => {
    // The page itself is asked for anew each time, and is a 304 as long as it is the same.
    const lasting = path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache';
    response.setHeader('Cache-Control', lasting);
  };
  const serveStatic = { setHeaders, redirect: index !== false };
  // Built beside each file, best first: the service compresses nothing.
  const compressed = { enableBrotli: true, orderPreference: ['br', 'gzip'] };
  const serve = expressStaticGzip(builtPage(name), { ...compressed, index, serveStatic });
  express.use(`/${name}`, (request: Request, response: Response, next: NextFunction) => {
    // What cannot be decoded names no file; it is answered as every fault is.
    if (isEncoded(request.path)) serve(request, response, next);
    else next();
  });
}

/** Whether a path is percent-encoded as it should be (RFC 3986, §2.1). */
function isEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Every address of the panel is the same page: its scripts tell them apart. */
function servePanel(express: Express): void {
  const file = join(builtPage('panel'), 'index.html');
  express.use(PANEL, async (request: Request, response: Response, next: NextFunction) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || !PAGE.test(request.path) || !isEncoded(request.path))
      return next();
    // Read each time: it names the files of the newest build.
    const page = await readFile(file, 'utf8').catch(() => null);
    if (page === null) return next();
    response.setHeader('Cache-Control', 'no-cache');
    response.type('html').send(page.replace(NONCE, newNonce(response)));
  });
}
