import { newUuid } from '../../runtime/ids.js';
import type { Machine } from '../../runtime/machine.js';

/** Which club the shared database is: an opaque name, given once by whoever opened it first, and carried along by its backups. */
export class IdentiteDuClub {
  constructor(private readonly machine: Pick<Machine, 'storage' | 'clock'>) {}

  /** The same for everybody, for as long as the database lives. Rejects while it cannot be asked. */
  lire(): Promise<string> {
    const { storage, clock } = this.machine;
    return storage.transact(async (tx) => {
      for (;;) {
        const [club] = await tx.select('club', { id: 1 });
        if (club !== undefined) return String(club['identite']);
        // Of several who open it first together, one names it; the others read that name.
        await tx.insert('club', [{ id: 1, identite: newUuid(clock) }], true);
      }
    });
  }
}
