import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 AA and good manners; the size of targets is off in axe unless asked for. */
const OPTIONS = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  rules: { 'target-size': { enabled: true } },
  preload: false,
};
const VIOLATIONS = `axe.run(document, ${JSON.stringify(OPTIONS)}).then(({ violations }) =>
  violations.map(({ id, help, nodes }) => id + ': ' + help + '\\n' + nodes.map((one) => '  ' + one.target.join(' ') + ' | ' + one.html.slice(0, 160)).join('\\n')))`;

/** What axe finds wrong with the page as it is shown now, one text per rule. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(`${AXE}; undefined`);
  return page.evaluate<string[]>(VIOLATIONS);
}

/** What stands out of the page's width, and makes it scroll sideways. */
const OVERFLOWING = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (one) => one !== document.body && one !== null && (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement));
  const out = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > width + 0.5 && !scrolls(one.parentElement));
  return [document.documentElement.scrollWidth + ' px', ...out.slice(-5).map((one) => one.tagName.toLowerCase() + '.' + one.className + ' ' + one.textContent.slice(0, 60))];
})()`;

/** Empty when the page fits `width`; else how wide it is, and what is too wide. */
export async function overflowing(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 900 });
  return page.evaluate<string[]>(OVERFLOWING);
}

/** What has the keyboard, as a person would name it: what it is, then its label or text. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `(({ activeElement: one }) => one === null ? '' : one.tagName.toLowerCase() + ' ' + (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent).trim().slice(0, 80))(document)`,
  );

/** Goes on with the Tab key until what has the keyboard is `wanted`; at most `most` keys. */
export async function tabTo(page: Page, wanted: RegExp, most = 80): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    if (wanted.test(await focused(page))) return;
  }
  throw new Error(`no Tab leads to ${String(wanted)}; the last one led to ${await focused(page)}`);
}
