/** What happens at an hour, and not because somebody did something: no fact may tell of it. */
import { useEffect, useRef } from 'preact/hooks';

/** What is due and still there is looked at again after that. */
const AGAIN_MS = 5_000;
const AFTER_MS = 2_000;
/** What a timer of the browser holds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls `again` a little after the earliest of these instants, and not before `leastMs` from now nor sooner than in five seconds. Armed anew for
 * each thing `read`: while it is undefined, and when nothing in it is due, nothing is called.
 */
export function useEcheance<T>(read: T | undefined, dues: (of: T) => readonly string[], again: () => void, leastMs = 0): void {
  const now = useRef(again);
  now.current = again;
  useEffect(() => {
    const all = read === undefined ? [] : dues(read).map((due) => Date.parse(due));
    if (all.length === 0) return;
    const earliest = all.reduce((one, other) => Math.min(one, other));
    const wait = Math.max(AGAIN_MS, leastMs, earliest - Date.now() + AFTER_MS);
    const timer = setTimeout(() => now.current(), Math.min(wait, LONGEST_MS));
    return () => clearTimeout(timer);
  }, [read]);
}
