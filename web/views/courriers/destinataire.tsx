import { useEffect } from 'preact/hooks';
import { say } from '../../state/langue';
import { connaitreLesMembres, membres } from '../../state/moi';
import { COURRIERS } from '../../words/courriers';

/** Members whom this page did not know, and asked for: each once. */
const asked = new Set<string>();

/** Knows the members of these notices, also those who came after the page. */
export function useDestinataires(ids: readonly string[]): void {
  useEffect(() => {
    const unknown = membres.value.size === 0 ? [] : ids.filter((id) => !membres.value.has(id) && !asked.has(id));
    for (const id of unknown) asked.add(id);
    connaitreLesMembres(unknown.length > 0).catch(() => undefined);
  }, [ids]);
}

/** Whom a notice is for: by name, unless the member was erased. */
export function destinataire(id: string): string {
  const known = membres.value.get(id);
  if (known === undefined) return '…';
  return known.nom ?? say(COURRIERS.efface);
}
