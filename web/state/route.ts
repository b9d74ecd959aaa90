/** Where the page is: its address. Links are real links; the page itself takes those of this site. */
import { signal } from '@preact/signals';

export const chemin = signal(location.pathname);

export function aller(path: string): void {
  if (path !== location.pathname) history.pushState(null, '', path);
  chemin.value = path;
  scrollTo(0, 0);
  // Who reads with the ears, or goes on with the keyboard, begins where the new view does.
  queueMicrotask(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }));
}

addEventListener('popstate', () => (chemin.value = location.pathname));
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
  if (!ours(link.pathname)) return;
  event.preventDefault();
  aller(link.pathname);
});

/** Pages of the server's own (`/api/docs`, `/erreurs`) are left to the browser. */
export const ours = (path: string): boolean => !/^\/(api|erreurs|health|metrics)(\/|$)/.test(path);
