/**
 * What a stranger, or an instance gone bad, does to a cluster port: `node port-attacker.mjs <attack> <port> <options as JSON>`.
 * A process of its own, so that its memory and its pauses are not those of the attacked.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const [attack, port, json] = process.argv.slice(2);
const options = JSON.parse(json ?? '{}');
const deadline = Date.now() + 1200;
const MIB = 1 << 20;

const frame = (message) => `${Buffer.byteLength(JSON.stringify(message))}#${JSON.stringify(message)}`;
const hello = (id) => ({
  step: 'hello',
  id,
  incarnation: `${id}-${randomBytes(4).toString('hex')}`,
  nonce: randomBytes(32).toString('base64url'),
});
const alarm = (data = 'alarm') => frame({ pattern: 'alarm', data, id: '1' }) + frame({ pattern: 'alarm', data });

/** A connection; `closed` resolves at its end, whatever that is. */
function open() {
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.setTimeout(4000, () => socket.destroy());
  return { socket, closed };
}

/** Says `text` on `count` connections, fifty at a time, and waits for their ends. */
async function crowd(count, text) {
  for (let done = 0; done < count && Date.now() < deadline; done += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { socket, closed } = open();
        socket.write(text());
        socket.resume();
        await closed;
      }),
    );
  }
}

/** The whole handshake under `secret`, then `says`; resolves at the end of the connection. */
async function insider(secret, says) {
  const { socket, closed } = open();
  const client = hello('evil');
  socket.write(frame(client));
  socket.once('data', (data) => {
    const server = JSON.parse(data.toString().replace(/^\d+#/, ''));
    const said = [client, server].flatMap(({ id, incarnation, nonce }) => [id, incarnation, nonce]);
    const mac = createHmac('sha256', secret)
      .update(JSON.stringify(['monclub cluster 1', 'client', ...said]))
      .digest('base64url');
    socket.write(frame({ step: 'proof', mac }));
    socket.once('data', () => says(socket));
    socket.resume();
  });
  await closed;
}

/** As much of 200 MB as the port takes: in one connection, or, when it hangs up, in many. */
async function flood(begin) {
  const chunk = Buffer.alloc(MIB, '1');
  let left = 200;
  while (left > 0 && Date.now() < deadline) {
    const { socket, closed } = open();
    socket.resume();
    if (begin !== '') socket.write(begin);
    let ended = false;
    void closed.then(() => (ended = true));
    while (!ended && left > 0) {
      left--;
      if (!socket.write(chunk)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
    }
    if (!ended) await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 300))]);
    socket.destroy();
  }
}

const bombs = () => [
  '['.repeat(MIB / 2) + ']'.repeat(MIB / 2),
  `[${'{},'.repeat(MIB / 3 - 8)}{}]`,
  `{${Array.from({ length: 90_000 }, (_, at) => `"${at.toString(36)}":0`).join(',')}}`,
];

const attacks = {
  strangers: () => crowd(300, () => alarm()),
  garbage: () => crowd(300, () => randomBytes(3000)),
  http: () => crowd(300, () => 'POST / HTTP/1.1\r\nhost: x\r\n\r\n'),
  async secret() {
    for (let time = 0; time < 200 && Date.now() < deadline; time++) await insider('not the secret at all', (socket) => socket.end(alarm()));
  },
  async replay() {
    for (let time = 0; time < 100 && Date.now() < deadline; time++) {
      const { socket, closed } = open();
      socket.setTimeout(500);
      const parts = options.parts.map((part) => Buffer.from(part, 'base64'));
      if (time % 2 === 0) socket.write(Buffer.concat(parts));
      else {
        // As the recorded one did: each part once the port has answered the one before.
        socket.write(parts.shift());
        socket.on('data', () => socket.write(Buffer.concat(parts.splice(0))));
      }
      socket.resume();
      await closed;
    }
  },
  async flood() {
    for (const begin of ['', '209715200#', '4000#']) await flood(begin);
  },
  async halves() {
    const sockets = Array.from({ length: 1000 }, (_, at) => {
      const made = open();
      made.socket.write(['4000#{"step":"hel', '12', '{', ''][at % 4]);
      return made;
    });
    await Promise.all(sockets.map(({ closed }) => closed));
  },
  async bombs() {
    const [bomb] = bombs();
    await crowd(100, () => `${bomb.length}#${bomb}`);
  },
  async insider() {
    const made = bombs();
    for (let time = 0; time < 9; time++) {
      const bomb = made[time % made.length];
      await insider(options.secret, (socket) => socket.end(`${bomb.length}#${bomb}`));
    }
  },
  async nonsense() {
    const wrong = [5, null, { toString: 'x' }, ['a'], true];
    for (let time = 0; time < 50 && Date.now() < deadline; time++) {
      await insider(options.secret, (socket) => {
        for (const data of wrong) socket.write(alarm(data));
        for (const packet of [1, [], {}, { pattern: {} }, { pattern: 'alarm', id: 5, data: 'alarm' }, { pattern: '__proto__', id: '2' }])
          socket.write(frame(packet));
        socket.end();
      });
    }
  },
};

await attacks[attack]();
process.exit(0);
