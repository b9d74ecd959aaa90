import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium as engine, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.js';

const PATIENCE_MS = 60_000;

/** A browser without a screen. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findChromium(() => mkdtempSync(join(tmpdir(), 'monclub-bench-chromium-')));
  return engine.launch({ executablePath, args: [...CHROMIUM_ARGS] });
}

/** Notes long tasks, and when the view is there with all that it reads. */
const WATCH = `
  window.longues = [];
  new PerformanceObserver((list) => longues.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });
  const seen = (selector) => document.querySelector(selector) !== null;
  window.dessinee = new Promise((resolve) => {
    const look = () => seen('.liaison.direct') && seen('main h1') && !seen('main .attente') ? resolve(performance.now()) : requestAnimationFrame(look);
    look();
  });`;

/** Somebody's browser before one page; nothing is in its cache. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Milliseconds from the address to the view with all that it reads. */
  readonly drawnMs: number;
}

/** Opens the page there, in a profile of its own; `moi`: the member who sits before it. */
export async function visit(browser: Browser, url: string, path: string, moi?: string): Promise<Visitor> {
  const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(PATIENCE_MS);
  if (moi !== undefined) await context.addInitScript(`localStorage.setItem('monclub.moi', ${JSON.stringify(moi)})`);
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  await page.goto(url + path);
  return { page, context, drawnMs: Math.round(await page.evaluate<number>('dessinee')) };
}

/** How long each task took that kept this page from answering, from 50 ms on. */
export const longTasks = (page: Page): Promise<number[]> => page.evaluate<number[]>('longues');
