import type { Language } from './language.js';

/** `text` as it may stand in HTML. */
export function safe(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A small page that needs nothing from anywhere. `title` and `body` are HTML. */
export function page(language: Language, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/erreurs/style.css"></head><body><main>${body}</main></body></html>`;
}

/** An open book, within the page itself. */
export const ICON = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><text y=".9em" font-size="90">📖</text></svg>').replaceAll("'", '%27')}`;

export const STYLE = `:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0}main{max-width:52rem;margin:2rem auto;padding:0 1rem}
a{color:light-dark(#0b57a4,#8ab8f0);text-underline-offset:.15em}li{margin:.4rem 0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid #8884}
pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:1rem;background:#8881;border-radius:.4rem}
`;
