/**
 * Makes one file of the built application and of what it imports: Node opens two thousand files otherwise, and a start takes twice as long.
 * `node scripts/bundle.mjs FOLDER`: from FOLDER/src/main.js, as the compiler wrote it, to FOLDER/monclub.js.
 * What only some configurations or requests load (PostgreSQL, mails, calendars, CSV), and what is native or read from the disk, stays in node_modules.
 */
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const KEPT = ['pg', 'sqlite3', 'nodemailer', 'swagger-ui-dist', 'ical-generator', 'timezones-ical-library', 'csv-parse', 'csv-stringify'];

const built = process.argv[2];

const bundle = await rolldown({
  input: join(built, 'src', 'main.js'),
  platform: 'node',
  external: (id) => KEPT.some((name) => id === name || id.startsWith(`${name}/`)),
  onLog(level, log, tell) {
    // Optional parts that are not installed: looked for at the moment of use, as without a bundle.
    if (!['UNRESOLVED_IMPORT', 'EVAL'].includes(log.code)) tell(level, log);
  },
});
await bundle.write({
  file: join(built, 'monclub.js'),
  format: 'esm',
  // Nest tells providers apart by the class, people by its name.
  keepNames: true,
  codeSplitting: false,
  // TypeORM's CommonJS files ask for them.
  intro: 'const __dirname = import.meta.dirname, __filename = import.meta.filename;',
});
