/** One instance in a process of its own, with the rivals beside it and `members` members. Prints its URL when ready; ends with its parent. */
import 'reflect-metadata';
import { createInstance } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { Classic } from '../support/classic.js';
import { memberIds, seedMembers } from '../support/members.js';
import { RivalsModule } from './rivals.js';

const [databaseUrl, dataDir, classicUrl, members] = process.argv.slice(2) as [string, string, string, string];
const config = readConfig({
  PORT: '0',
  DATABASE_URL: databaseUrl,
  DATA_DIR: dataDir,
  DEMO: 'false',
  LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
});
const classic = classicUrl === '' ? undefined : new Classic(classicUrl);
const instance = await createInstance(config, { beside: [RivalsModule.on(classic)] });
await seedMembers(instance.machine.storage, memberIds(Number(members)));
process.on('disconnect', () => process.exit(0));
process.send?.({ url: instance.url });
