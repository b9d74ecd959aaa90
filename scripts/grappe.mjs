/**
 * `npm run grappe`: three instances of MonClub in one terminal, over one database. Each line says who speaks. Ctrl-C asks all of them to leave;
 * a second one does not wait. An instance that asks to be started again (exit code 70) is; one that ends otherwise is only announced: the
 * others go on without it. Node built-ins only.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const SIZE = 3;
/** What an instance says when it wants to come back as a new incarnation. */
const AGAIN = 70;
/** One that cannot live is not started for ever. */
const MOST_AGAIN = 5;

if (existsSync('.env')) process.loadEnvFile('.env');
const first = Number(process.env.PORT || 3000);
if (!Number.isInteger(first) || first < 1 || first > 65_533) {
  process.stderr.write(
    `PORT : « ${process.env.PORT} » doit être un entier de 1 à 65533, le port de la première instance. Exemple : PORT=3000\n`,
  );
  process.exit(1);
}
const ports = Array.from({ length: SIZE }, (_, i) => first + i);
const colours = [36, 35, 33];
const children = new Map();
let leaving = false;
let worst = 0;

const painted = (text, colour) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[${colour}m${text}\u001b[0m` : text);

function says(i, line, to = process.stdout) {
  to.write(`${painted(`${ports[i]} │`, colours[i % colours.length])} ${line}\n`);
}

/** What one instance is told: name and ports are its own, whatever is said for a single one. Empty counts as absent, and keeps `.env` from saying more. */
function environment(port) {
  return { ...process.env, PORT: String(port), INSTANCE_ID: '', CLUSTER_PORT: '', CLUSTER_ADDRESS: '' };
}

async function live(i) {
  for (let again = 0; again <= MOST_AGAIN; again++) {
    const child = spawn(process.execPath, ['dist/monclub.js'], { env: environment(ports[i]), stdio: ['ignore', 'pipe', 'pipe'] });
    children.set(i, child);
    createInterface({ input: child.stdout }).on('line', (line) => says(i, line));
    createInterface({ input: child.stderr }).on('line', (line) => says(i, line, process.stderr));
    const [code, signal] = await once(child, 'close');
    children.delete(i);
    if (leaving || code !== AGAIN) return ended(i, code, signal);
    says(i, 'redemande à naître : la voici de nouveau');
  }
  ended(i, AGAIN, null);
}

function ended(i, code, signal) {
  if (!leaving || (code !== 0 && signal === null)) worst = Math.max(worst, code ?? 1);
  const how = signal === null ? `code ${code}` : signal;
  const rest = leaving || children.size === 0 ? '' : ` ; les autres continuent. Pour la relancer : PORT=${ports[i]} npm start`;
  says(i, `terminée (${how})${rest}`);
}

function order(signal) {
  leaving = true;
  // The terminal's Ctrl-C has reached them too: each reads the same signal twice within two seconds as one.
  for (const child of children.values()) child.kill(signal);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => order(signal === 'SIGHUP' ? 'SIGTERM' : signal));

await Promise.all(ports.map((_, i) => live(i)));
process.exitCode = leaving ? (worst > 1 ? worst : 0) : worst;
