import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium as engine, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.js';

const PATIENCE_MS = 60_000;

/** What stands for other machines gives way to what is measured on this one. */
export const ELSEWHERE = 10;

/** A browser without a screen; `elsewhere`: it stands for those of other machines. */
export async function openBrowser({ elsewhere = false } = {}): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'monclub-bench-chromium-'));
  let executablePath = await findChromium(() => folder);
  if (elsewhere) {
    const gentle = join(folder, 'chromium.sh');
    writeFileSync(gentle, `#!/bin/sh\nexec nice -n ${ELSEWHERE} '${executablePath}' "$@"\n`, { mode: 0o755 });
    executablePath = gentle;
  }
  const browser = await engine.launch({ executablePath, args: [...CHROMIUM_ARGS] });
  browser.once('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
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
