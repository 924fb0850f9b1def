import { BlockList, isIP } from 'node:net';

/** The addresses from which the word of a proxy is taken. */
export class TrustedProxies {
  readonly #addresses = new BlockList();
  #trustsAll = false;
  #trustsUnix = false;

  /** Names that have passed `isTrusted...Name`: addresses, networks as `10.0.0.0/8`, `unix`, and `*`. */
  constructor(names: readonly string[]) {
    for (const name of names) this.#add(name);
  }

  /** Whether a peer is one; null is the one at the other end of a unix socket. */
  has(host: string | null): boolean {
    if (this.#trustsAll) return true;
    if (host === null) return this.#trustsUnix;
    // The zone of a link-local address is this machine's own name for the link.
    const address = host.includes('%') ? host.slice(0, host.indexOf('%')) : host;
    return this.#addresses.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
  }

  #add(name: string): void {
    if (name === '*') {
      this.#trustsAll = true;
    } else if (name === 'unix') {
      this.#trustsUnix = true;
    } else {
      const { address, family, prefix } = networkOf(name) as Network;
      this.#addresses.addSubnet(address, prefix, family);
    }
  }
}

/** Whether a text names proxies to trust. */
export function isProxyName(name: string): boolean {
  return name === '*' || name === 'unix' || networkOf(name) !== null;
}

interface Network {
  address: string;
  family: 'ipv4' | 'ipv6';
  prefix: number;
}

/** An address is a network of one. Null for what is neither: host names too, since an answer of the DNS is no ground for trust. */
function networkOf(name: string): Network | null {
  const [, address = '', length] = /^([0-9A-Fa-f.:]+)(?:\/([0-9]{1,3}))?$/.exec(name) ?? [];
  const version = isIP(address);
  const longest = version === 4 ? 32 : 128;
  const prefix = length === undefined ? longest : Number(length);
  if (version === 0 || prefix > longest) return null;
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix };
}
