import { type Browser, type BrowserContext, type BrowserContextOptions, chromium as engine, type Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { CHROMIUM_ARGS } from '../../bench/support/chromium.js';
import type { RealProcess } from '../../bench/support/real-process.js';
import { chromium } from './browser-found.js';
import { newDatabase } from './databases.js';
import { realPlace } from './real-instance.js';

/** The club's name in a network of its own: an address without TLS that is not this very machine's, in the browser's eyes. */
const NOM = 'monclub.test';
const ARGS = [...CHROMIUM_ARGS, `--host-resolver-rules=MAP ${NOM} 127.0.0.1`];
const STARTED_MS = 30_000;
const PATIENCE_MS = 15_000;

// A browser, an instance and a database for each test: what waits for all of them waits longer on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What a browser refuses to do for the page is told as any other error. */
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error('CSP', violatedDirective, blockedURI))`;

/** Someone before the page, in a browser profile of their own. */
export interface Visitor {
  readonly page: Page;
  /** What went wrong since the page was opened: errors on its console, and requests to elsewhere. */
  readonly wrong: readonly string[];
  leave(): Promise<void>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests look at whatever came
type Json = any;

/** The demo club, in a real instance with the built page, and a browser to look at it. */
export interface DemoClub {
  readonly url: string;
  /** The same place by a name, as another machine of the house would call it. */
  readonly named: string;
  /** Asks the public interface, a POST when there is a body, and reads its answer. Rejects when it refuses. */
  ask(path: string, body?: unknown, method?: string): Promise<Json>;
  /** Opens the page at `path`, and waits until what it shows is read; in French, at 1280 px, unless `options` say otherwise. */
  visit(path: string, options?: BrowserContextOptions): Promise<Visitor>;
  /** Ends the instance as a power cut would. */
  kill9(): Promise<void>;
  /** Starts it again, on the same port and with what it had; resolves when it is ready. */
  again(): Promise<void>;
  /** Stops the instance's clock and work, without closing anything, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Closes every page that is open. */
  leaveAll(): Promise<void>;
  end(): Promise<void>;
}

/** A browser to look at any instance with. */
export interface Browsing {
  /** Opens the page of the instance at `url`, as `DemoClub.visit` does. */
  visit(url: string, path: string, options?: BrowserContextOptions): Promise<Visitor>;
  leaveAll(): Promise<void>;
  end(): Promise<void>;
}

export async function browsing(): Promise<Browsing> {
  const browser = await engine.launch({ executablePath: await chromium(), args: ARGS, timeout: STARTED_MS });
  const open = new Set<BrowserContext>();
  const leaveAll = async (): Promise<void> => {
    for (const one of open) await one.close();
    open.clear();
  };
  return {
    visit: async (url, path, options) => {
      const visitor = await visit(browser, url, path, options);
      open.add(visitor.page.context());
      await settled(visitor.page);
      return visitor;
    },
    leaveAll,
    end: async () => {
      await leaveAll();
      await browser.close();
    },
  };
}

/** Starts them. One browser for a test file. */
export async function demoClub(): Promise<DemoClub> {
  const browser = await browsing();
  const database = await newDatabase('sqlite');
  const place = await realPlace(database);
  const start = (): RealProcess => place.start({ DEMO: 'true', ALLOWED_HOSTS: NOM });
  let running = start();
  await running.ready(STARTED_MS);
  return {
    url: place.url,
    named: `http://${NOM}:${place.port}`,
    ask: (path, body, method) => ask(`${place.url}/api/v1${path}`, body, method),
    visit: (path, options) => browser.visit(place.url, path, options),
    kill9: () => running.kill9(),
    again: async () => {
      running = start();
      await running.ready(STARTED_MS);
    },
    freeze: () => running.kill('SIGSTOP'),
    thaw: () => running.kill('SIGCONT'),
    leaveAll: browser.leaveAll,
    end: async () => {
      await browser.end();
      await place.clear();
      await database.drop();
    },
  };
}

/** Asks an instance, a POST when there is a body, and reads its answer. Rejects when it refuses. */
export async function ask(url: string, body: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<Json> {
  const headers = { 'content-type': 'application/json', 'accept-language': 'fr' };
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }) });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(said)}`);
  return said;
}

async function visit(browser: Browser, url: string, path: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const usual = { locale: 'fr-FR', timezoneId: 'Europe/Paris', viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' } as const;
  const context = await browser.newContext({ ...usual, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(TELL_VIOLATIONS);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (said) => {
    if (said.type() === 'error') wrong.push(`${said.text()} (${said.location().url})`);
  });
  page.on('pageerror', (error) => wrong.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url && !request.url().startsWith('data:')) wrong.push(`elsewhere: ${request.url()}`);
  });
  await page.goto(url + path);
  return { page, wrong, leave: () => context.close() };
}

/** Waits until the view is drawn, all that it reads has come, and the stream of news flows. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.liaison.direct').waitFor();
  await page.locator('main h1').first().waitFor();
  await expect.poll(() => page.locator('main .attente').count(), { message: 'the view still reads' }).toBe(0);
}

/** Says in the page's header who sits before it. */
export async function beSomeone(page: Page, nom: string): Promise<void> {
  await page.getByRole('banner').getByRole('combobox').selectOption({ label: nom });
}
