import type { Service } from '../http/service.js';
import type { AccessRecord } from '../logger.js';
import { AccessEntry, printable } from './access-entry.js';

/** What the access log has of one exchange of HTTP/2. */
export class HTTP2Log {
  /** Who the client is: what a proxy says, or the peer. */
  client: string;
  /** The canonical target, once it is known. */
  target = '';
  readonly #service: Service;
  readonly #method: string;
  readonly #rawTarget: string;
  /** Made where the log wants to know more than the status. */
  readonly #entry: AccessEntry | null;

  /** `rawTarget` is what is logged of a request that no app sees. */
  constructor(
    service: Service,
    client: string,
    { method, rawTarget, userAgent }: { method: string; rawTarget: string; userAgent: () => string | null },
  ) {
    const { settings, logger } = service;
    this.#service = service;
    this.client = client;
    this.#method = method;
    this.#rawTarget = rawTarget;
    this.#entry =
      settings.accessLog && settings.accessLogFormat === 'json' ? new AccessEntry(logger, userAgent()) : null;
  }

  /** The response begins. */
  begin(status: number, headers: readonly string[]): void {
    const { settings, logger } = this.#service;
    if (!settings.accessLog) return;
    const record: AccessRecord = {
      client: this.client,
      method: this.#method,
      target: this.target.includes('"') ? this.target.replaceAll('"', '%22') : this.target,
      httpVersion: '2',
      status,
    };
    if (this.#entry === null) logger.access(record);
    else this.#entry.begin(record, headers);
  }

  /** So many bytes of the body have been sent. */
  add(bytes: number): void {
    this.#entry?.add(bytes);
  }

  end(isComplete: boolean): void {
    this.#entry?.end(isComplete);
  }

  /** The server has refused the request, with so many bytes. */
  refused(status: number, bytes: number): void {
    const { settings } = this.#service;
    if (this.target === '') this.target = printable(this.#rawTarget.slice(0, settings.maxTargetBytes));
    this.begin(status, []);
    this.add(bytes);
    this.end(true);
  }
}
