import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { folder } from './folder.ts';

const GUIDE = new URL('../../../../docs/guide/deployment.md', import.meta.url);
const { PULLO_NGINX = '/usr/sbin/nginx', PULLO_OPENSSL = '/usr/bin/openssl' } = process.env;

/** What the guide tells people to write. */
const SETTINGS = /^```nginx\n(.*?)^```$/ms.exec(readFileSync(GUIDE, 'utf8'))?.[1] ?? '';

/** An nginx with the settings of the guide, for one test. Only addresses and files are others, and what `changes` says. */
export class Nginx {
  readonly port: number;
  readonly securePort: number;
  readonly certificate: string;
  readonly #process: ChildProcess;
  /** What it has logged: its own errors. */
  log = '';

  private constructor(process: ChildProcess, ports: [number, number], certificate: string) {
    this.#process = process;
    [this.port, this.securePort] = ports;
    this.certificate = certificate;
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    onTestFinished(() => {
      process.kill('SIGKILL');
    });
  }

  /** `upstream` is `host:port`, or `unix:` and a path. */
  static async start(upstream: string, changes: Readonly<Record<string, string>> = {}): Promise<Nginx> {
    const path = await folder({});
    const ports = await freePorts();
    const [certificate, key] = makeCertificate(path);
    const settings = edited(SETTINGS, {
      '127.0.0.1:8000': upstream,
      'listen 80': `listen 127.0.0.1:${ports[0]}`,
      'listen 443': `listen 127.0.0.1:${ports[1]}`,
      '/etc/ssl/notes.example.pem': certificate,
      '/etc/ssl/private/notes.example.pem': key,
      ...changes,
    });
    const file = join(path, 'nginx.conf');
    writeFileSync(file, configuration(path, settings));
    const process = spawn(PULLO_NGINX, ['-e', 'stderr', '-p', path, '-c', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const nginx = new Nginx(process, ports, readFileSync(certificate, 'utf8'));
    await nginx.#listening();
    return nginx;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get secureURL(): string {
    return `https://127.0.0.1:${this.securePort}`;
  }

  async #listening(): Promise<void> {
    while (!(await answers(this.port))) {
      if (this.#process.exitCode !== null) throw new Error(`nginx did not start: ${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** One process that stays in front and keeps to its folder. */
function configuration(path: string, settings: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid ${path}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${path}/${kind};`).join('\n  ')}
  ${settings}
}
`;
}

function edited(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`The settings of the guide have no ${from}: ${before}`);
    return before.replace(from, to);
  }, text);
}

/** A certificate that nobody else knows, and its key. */
function makeCertificate(path: string): [string, string] {
  const [certificate, key] = [join(path, 'certificate.pem'), join(path, 'key.pem')];
  const subject = ['-subj', '/CN=notes.example', '-addext', 'subjectAltName=DNS:notes.example,IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync(PULLO_OPENSSL, ['req', ...kind, ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'pipe',
  });
  return [certificate, key];
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as { port: number }).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports as [number, number];
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}
