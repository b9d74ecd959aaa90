import type { Storage } from '../../src/runtime/outbox/storage.js';

export function memberIds(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `mem_${String(i).padStart(26, '0')}`);
}

/** Members as rows: what a bench needs of them is that they exist. */
export async function seedMembers(storage: Storage, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += 5000) {
    const rows = ids.slice(from, from + 5000).map((id) => ({ id, nom: `Membre ${id}`, cree_le: 0, version: 1 }));
    await storage.transact((tx) => tx.insert('membre', rows, true));
  }
}
