import { type ClientAddress, HeaderList } from '@pullo/asgi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseForwarded } from '../../src/proxy/forwarded-field.ts';
import { parseHop } from '../../src/proxy/hop.ts';
import { type ProxyHeaders, ProxyReader } from '../../src/proxy/proxy-headers.ts';
import { isProxyName, TrustedProxies } from '../../src/proxy/trusted-proxies.ts';

const PEER: ClientAddress = { host: '10.0.0.1', port: 4000 };

function reader(
  proxyHeaders: ProxyHeaders = 'x-forwarded',
  trustedProxies = ['10.0.0.0/8', '::1'],
): ProxyReader {
  return new ProxyReader({ trustedProxies, proxyHeaders, forwardedHost: true });
}

/** Who the client is, by lines of one field. */
function clientOf(lines: readonly string[], trustedProxies?: string[]): string {
  const headers = new HeaderList(lines.map((line): [string, string] => ['x-forwarded-for', line]));
  const { client } = reader('x-forwarded', trustedProxies).read(headers, PEER);
  return client === null ? 'none' : `${client.host} ${client.port}`;
}

describe('X-Forwarded-For', () => {
  it.each<[string, string[], string]>([
    ['is not there', [], '10.0.0.1 4000'],
    ['has one address', ['203.0.113.7'], '203.0.113.7 0'],
    ['has a port', ['203.0.113.7:5678'], '203.0.113.7 5678'],
    ['has a port that is none', ['203.0.113.7:70000'], '203.0.113.7 0'],
    ['has an IPv6 address', ['2001:db8::7'], '2001:db8::7 0'],
    ['has brackets', ['[2001:db8::7]'], '2001:db8::7 0'],
    ['has brackets and a port', ['[2001:db8::7]:5678'], '2001:db8::7 5678'],
    ['has an IPv4 address as IPv6', ['::ffff:203.0.113.7'], '203.0.113.7 0'],
    ['has a trusted IPv4 address as IPv6', ['203.0.113.7, ::ffff:10.1.2.3'], '203.0.113.7 0'],
    ['has trusted proxies at its end', ['203.0.113.7, 10.0.0.3, 10.0.0.2'], '203.0.113.7 0'],
    ['has something before the client', ['1.1.1.1, 203.0.113.7, 10.0.0.2'], '203.0.113.7 0'],
    ['names a trusted proxy before the client', ['10.9.9.9, 203.0.113.7'], '203.0.113.7 0'],
    ['has trusted proxies only', ['10.0.0.3, 10.0.0.2'], '10.0.0.3 0'],
    ['comes in several lines', ['1.1.1.1', '203.0.113.7', '10.0.0.2'], '203.0.113.7 0'],
    ['has no white space', ['1.1.1.1,203.0.113.7'], '203.0.113.7 0'],
    ['is empty', [''], '10.0.0.1 4000'],
    ['is unknown', ['unknown'], '10.0.0.1 4000'],
    ['ends with a comma', ['203.0.113.7,'], '10.0.0.1 4000'],
    ['has a host name', ['example.org'], '10.0.0.1 4000'],
    ['has what is no address before a proxy', ['203.0.113.7, nonsense, 10.0.0.2'], '10.0.0.2 0'],
    ['has numbers that are no address', ['256.1.1.1'], '10.0.0.1 4000'],
    ['has an address in octal', ['010.0.0.1'], '10.0.0.1 4000'],
    ['has markup', ['<script>'], '10.0.0.1 4000'],
  ])('that %s', (_name, lines, client) => {
    expect(clientOf(lines)).toBe(client);
  });

  it('with everybody trusted is believed to its left end, which the client writes', () => {
    expect(clientOf(['6.6.6.6, 203.0.113.7'], ['*'])).toBe('6.6.6.6 0');
  });

  it('gives the same client whatever the client itself has put before it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[\t\x20-\x7e]*$/))),
        (forged) => {
          expect(clientOf([...forged, '203.0.113.7, 10.0.0.2'])).toBe('203.0.113.7 0');
        },
      ),
    );
  });
});

describe('X-Forwarded-Proto and X-Forwarded-Host', () => {
  const read = (...pairs: [string, string][]) => reader().read(new HeaderList(pairs), PEER);

  it.each<[string, string[], string | null]>([
    ['https', ['https'], 'https'],
    ['in capitals', ['HTTPS'], 'https'],
    ['http', ['http'], 'http'],
    ['of a WebSocket', ['wss'], 'https'],
    ['of a list, the last', ['https, http'], 'http'],
    ['of two lines, the last', ['http', 'https'], 'https'],
    ['that is another scheme', ['javascript'], null],
    ['that is empty', [''], null],
    ['that is not there', [], null],
  ])('a scheme %s', (_name, values, scheme) => {
    expect(read(...values.map((value): [string, string] => ['x-forwarded-proto', value])).scheme).toBe(
      scheme,
    );
  });

  it.each<[string, string, string | null]>([
    ['with a port', 'example.org:8443', 'example.org:8443'],
    ['of a list, the last', 'evil.example, example.org', 'example.org'],
    ['with a path', 'example.org/evil', null],
    ['with user information', 'a@example.org', null],
    ['that is empty', '', null],
  ])('a host %s', (_name, value, host) => {
    expect(read(['x-forwarded-host', value]).host).toBe(host);
  });

  it('are not asked for the host unless the option says so', () => {
    const silent = new ProxyReader({
      trustedProxies: ['10.0.0.1'],
      proxyHeaders: 'x-forwarded',
      forwardedHost: false,
    });
    expect(silent.read(new HeaderList([['x-forwarded-host', 'evil.example']]), PEER).host).toBe(null);
  });

  it('do not count where proxies write Forwarded, nor the other way round', () => {
    const both = new HeaderList([
      ['x-forwarded-for', '1.1.1.1'],
      ['forwarded', 'for=2.2.2.2'],
    ]);
    expect(reader('forwarded').read(both, PEER).client?.host).toBe('2.2.2.2');
    expect(reader('x-forwarded').read(both, PEER).client?.host).toBe('1.1.1.1');
  });
});

describe('Forwarded', () => {
  const read = (...lines: string[]): string => {
    const headers = new HeaderList(lines.map((line): [string, string] => ['forwarded', line]));
    const { client, scheme, host } = reader('forwarded').read(headers, PEER);
    return `${client?.host} ${client?.port} ${scheme} ${host}`;
  };

  it.each<[string, string[], string]>([
    ['is not there', [], '10.0.0.1 4000 null null'],
    ['has one element', ['for=203.0.113.7;proto=https;host=example.org'], '203.0.113.7 0 https example.org'],
    ['has names in capitals', ['For=203.0.113.7; Proto=HTTPS'], '203.0.113.7 0 https null'],
    ['has a port', ['for="203.0.113.7:5678"'], '203.0.113.7 5678 null null'],
    ['has an obfuscated port', ['for="203.0.113.7:_x"'], '203.0.113.7 0 null null'],
    ['has an IPv6 address', ['for="[2001:db8::7]:5678"'], '2001:db8::7 5678 null null'],
    [
      'has the scheme of the outermost proxy',
      ['for=203.0.113.7;proto=https;host=a.example, for=10.0.0.2;proto=http;host=b.example'],
      '203.0.113.7 0 https a.example',
    ],
    [
      'has something before the client',
      ['for=1.1.1.1;proto=http;host=evil.example, for=203.0.113.7;proto=https'],
      '203.0.113.7 0 https null',
    ],
    ['comes in several lines', ['for=1.1.1.1', 'for=203.0.113.7, for=10.0.0.2'], '203.0.113.7 0 null null'],
    [
      'has a line that cannot be read before it',
      ['for="1.1.1.1', 'for=203.0.113.7'],
      '203.0.113.7 0 null null',
    ],
    ['has a client that is hidden', ['for=_hidden;proto=https'], '10.0.0.1 4000 https null'],
    ['has a client that is unknown', ['for=unknown, for=10.0.0.2'], '10.0.0.2 0 null null'],
    ['cannot be read', ['for=203.0.113.7;for=1.1.1.1'], '10.0.0.1 4000 null null'],
    ['has a quote that does not end', ['for=1.1.1.1;x=", for=203.0.113.7'], '10.0.0.1 4000 null null'],
  ])('that %s', (_name, lines, seen) => {
    expect(read(...lines)).toBe(seen);
  });

  it('never gives a client that stands before what the proxy wrote', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\t\x20-\x7e]*$/), (forged) => {
        const client = read(`${forged}, for=203.0.113.7`).split(' ')[0];
        expect(['203.0.113.7', '10.0.0.1']).toContain(client);
        expect(read(forged, 'for=203.0.113.7')).toMatch(/^203\.0\.113\.7 /);
      }),
      { numRuns: 1000 },
    );
  });

  it('is read in time that is linear in its length', () => {
    const began = performance.now();
    for (const part of ['for=', '\\"', 'a=b;', ',', ' ', '"']) parseForwarded(part.repeat(16_000));
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('reads what is quoted with escapes', () => {
    expect(parseForwarded('for="a\\"b,c;d"; by=x , ,for=e')?.map((element) => [...element])).toEqual([
      [
        ['for', 'a"b,c;d'],
        ['by', 'x'],
      ],
      [['for', 'e']],
    ]);
  });
});

describe('trusted proxies', () => {
  it.each<[string[], string | null, boolean]>([
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', false],
    [['127.0.0.1'], '::ffff:127.0.0.1', true],
    [['::ffff:127.0.0.1'], '127.0.0.1', true],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.1.2.3/8'], '10.9.9.9', true],
    [['0.0.0.0/0'], '8.8.8.8', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['::1'], '0:0:0:0:0:0:0:1', true],
    [['*'], '8.8.8.8', true],
    [['*'], null, true],
    [['unix'], null, true],
    [['unix'], '127.0.0.1', false],
    [['127.0.0.1'], null, false],
    [[], '127.0.0.1', false],
  ])('%j and the peer %s: %s', (names, host, isTrusted) => {
    expect(new TrustedProxies(names).has(host)).toBe(isTrusted);
  });

  it.each([
    'localhost',
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1.2.3.4:80',
    '[::1]',
    'UNIX',
  ])('cannot be %j', (name) => {
    expect(isProxyName(name)).toBe(false);
  });
});

describe('an address in a field', () => {
  it('is one of the system, or none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const hop = parseHop(text);
        if (hop !== null) expect(hop.host).toMatch(/^[0-9a-f.:]+$/i);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), fc.integer({ min: 0, max: 65535 }), (v4, v6, port) => {
        expect(parseHop(`${v4}:${port}`)).toEqual({ host: v4, port });
        expect(parseHop(`[${v6}]:${port}`)?.port).toBe(port);
        expect(parseHop(v6)).not.toBe(null);
      }),
    );
  });
});
