// What Node's sockets allow: answers every head that ends in a packet, and parses nothing.
import { createServer } from 'node:net';
import { listen, TEXT } from './shared.mjs';

export default () => {
  const answer = () =>
    `HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${TEXT.length}\r\ndate: ${new Date().toUTCString()}\r\n\r\n${TEXT}`;
  let current = answer();
  setInterval(() => {
    current = answer();
  }, 1000).unref();
  return listen(
    createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        if (chunk.latin1Slice(chunk.length - 4) === '\r\n\r\n') socket.write(current, 'latin1');
      });
    }),
  );
};
