import { useEffect, useRef } from 'preact/hooks';
import { toutLire } from '../../state/api';
import { ecouter } from '../../state/flux';
import { connaitreLesMembres, membres } from '../../state/moi';
import { type Lu, useLu } from '../../ui/lecture';
import type { Inscription } from '../agenda/mienne';

const MOST = 5_000;
/** However many facts come, the list is read again at most so often. */
const PAUSE_MS = 300;
/** A reading that takes long is made more seldom: at most one part in five of the time is spent on it. */
const SHARE = 5;
/** Those whose name nobody could tell: not asked for again and again. */
const strangers = new Set<string>();

/** Who is registered and who waits, in order; read again when a fact about this séance comes. */
export function useEntrees(id: string): Lu<readonly Inscription[]> {
  const took = useRef(0);
  const lu = useLu<readonly Inscription[]>(async () => {
    const from = performance.now();
    const all = await readAll(id);
    took.current = performance.now() - from;
    return all;
  }, [id]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = ecouter('fait', ({ agregat }) => {
      if (agregat !== id) return;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          lu.relire();
        },
        Math.max(PAUSE_MS, took.current * SHARE),
      );
    });
    return () => {
      clearTimeout(timer);
      enough();
    };
  }, [id]);
  return lu;
}

async function readAll(id: string): Promise<readonly Inscription[]> {
  const all = await toutLire('/api/v1/seances/{id}/inscriptions', { id }, MOST);
  meet(all.map(({ membreId }) => membreId));
  return all;
}

/** Learns the names of who joined the club since the page began. */
function meet(ids: readonly string[]): void {
  if (membres.peek().size === 0) return;
  const unknown = ids.filter((id) => !membres.peek().has(id) && !strangers.has(id));
  if (unknown.length === 0) return;
  for (const id of unknown) strangers.add(id);
  connaitreLesMembres(true).catch(() => unknown.forEach((id) => strangers.delete(id)));
}
