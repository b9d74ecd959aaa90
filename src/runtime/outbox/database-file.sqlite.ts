import { statSync } from 'node:fs';
import { CommitUnknown, FileReplaced } from './storage.js';

/**
 * The file that was opened, by device and inode. A connection goes on writing to a file that was renamed or removed, and every
 * acknowledged demande would be lost with it: so it is looked at before and after each commit.
 */
export class DatabaseFile {
  private opened: string | undefined;
  private replaced: FileReplaced | undefined;

  constructor(readonly path: string) {}

  /** Remembers the file of the first opening; a later opening must find the same one. */
  remember(): void {
    this.opened ??= this.identity();
    this.check();
  }

  /** Throws `FileReplaced`, for good, once the path has led to another file or to none. */
  check(): void {
    if (this.replaced === undefined && this.opened !== undefined && this.identity() !== this.opened) {
      this.replaced = new FileReplaced(
        `the database file ${this.path} was replaced or removed while in use; nothing more is written. ` +
          'Stop every instance; then either put the former file back (with its -wal file) or keep the new one; then start again.',
      );
    }
    if (this.replaced !== undefined) throw this.replaced;
  }

  /** After a commit: throws `CommitUnknown` when it went to a file that is no longer there, for it must not be acknowledged. */
  acknowledge(): void {
    try {
      this.check();
    } catch (error) {
      throw error instanceof FileReplaced ? new CommitUnknown(error.message, { cause: error }) : error;
    }
  }

  private identity(): string | undefined {
    const stat = statSync(this.path, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
  }
}
