// The memory of idle connections. A process is started for each measurement, and the connections are so many that the steps in which its heap grows don't
// count: over 1,000 connections the same server differs by a factor of two from one thousand to the next, over 4,000 by some 5 %, and the median of five processes by 2 %.
import { once } from 'node:events';
import { connect } from 'node:net';

/** Processes that are measured for each server; their median counts. */
export const RUNS = 5;
export const CONNECTIONS = 4000;
/** So many are asked at once. */
const BATCH = 50;
const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';
/** Most servers close what has been idle for five seconds, so each connection is asked again before. In milliseconds. */
const REFRESH = 2000;

/** Bytes of the server's own memory for a connection that has had two answers or more and waits. Throws if a connection has been closed. */
export async function idleBytes(server) {
  const sockets = [];
  try {
    // What is compiled and kept at the first requests is not the connections'.
    sockets.push(await open(server.port));
    for (let i = 0; i < 1000; i++) await answered(sockets[0]);
    const before = await settled(server);
    let asked = Date.now();
    for (let i = 0; i < CONNECTIONS; i += BATCH) {
      sockets.push(...(await Promise.all(Array.from({ length: BATCH }, () => open(server.port)))));
      if (Date.now() - asked < REFRESH && i + BATCH < CONNECTIONS) continue;
      await allAnswered(sockets);
      asked = Date.now();
    }
    const bytes = (await settled(server)) - before;
    const left = sockets.filter((socket) => socket.readyState === 'open').length;
    if (left < sockets.length)
      throw new Error(`${sockets.length - left} connections have been closed meanwhile.`);
    return bytes / CONNECTIONS;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function allAnswered(sockets) {
  for (let i = 0; i < sockets.length; i += BATCH) {
    await Promise.all(sockets.slice(i, i + BATCH).map(answered));
  }
}

/** Memory after collections, once two in a row give the same. */
async function settled(server) {
  let last = await server.memory();
  for (let i = 0; i < 10; i++) {
    const now = await server.memory();
    if (Math.abs(now - last) < 0.002 * last) return now;
    last = now;
  }
  return last;
}

async function open(port) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  await answered(socket);
  return socket;
}

async function answered(socket) {
  socket.write(REQUEST);
  await once(socket, 'data');
}
