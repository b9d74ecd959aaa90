/** What this browser keeps between two visits. A browser that keeps nothing forgets, and that is all. */
const NAME = 'monclub.';

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(NAME + name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(NAME + name);
    else localStorage.setItem(NAME + name, value);
  } catch {
    // Private browsing, or no room: the choice lasts as long as the page.
  }
}
