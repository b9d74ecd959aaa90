import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readConfig } from './config.js';
import { remettreAZero } from './demo/raz.js';

/** `npm run demo:raz` : remet à zéro la base que la configuration nomme, si c'est celle d'une démonstration, et les compteurs de ses instances. */
try {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { database, dataDir, demo } = readConfig(process.env);
  const { fait, phrases } = await remettreAZero(database, dirname(dataDir));
  const suite = fait && !demo ? ['Attention : DEMO n’est pas à true, le prochain démarrage ne sèmera donc rien.'] : [];
  (fait ? process.stdout : process.stderr).write(`${[...phrases, ...suite].join('\n')}\n`);
  process.exitCode = fait ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
