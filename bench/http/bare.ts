/** A server that answers as fast as a socket can: what the generator must reach here tells whether it may judge the others. */
import { createServer } from 'node:net';

const body = '{"statut":"inscrite","placesRestantes":0,"version":1}';
const answer = Buffer.from(`HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(answer));
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ url: `http://127.0.0.1:${address?.port}` });
});
process.on('disconnect', () => process.exit(0));
