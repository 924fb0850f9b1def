import { connect } from 'node:net';

/** What a server answers to bytes that no client library would send. Text is Latin-1, as it is on the wire. */
export function rawExchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** A GET of a target as it stands. */
export function rawGet(port: number, target: string): Promise<string> {
  return rawExchange(port, `GET ${target} HTTP/1.1\r\nHost: test.example\r\nConnection: close\r\n\r\n`);
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}
