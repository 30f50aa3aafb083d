import type { LookupAddress } from 'node:dns';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { ResolveAll } from '../../src/platform/guarded-connector.adapter.js';

/** A server that nobody may come to: it counts who does. */
export interface Trap {
  readonly port: number;
  /** Connections so far. */
  connects(): number;
  close(): Promise<void>;
}

/** Listens on every address of this machine. */
export async function startTrap(): Promise<Trap> {
  let connects = 0;
  const server = createServer((socket) => {
    connects++;
    socket.on('error', () => undefined);
    socket.destroy();
  });
  await listen(server, '::').catch(() => listen(server, '0.0.0.0'));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connects: () => connects,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => resolve());
  });
}

const LOOPBACK = ['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001'];
const LOOPBACK_HIDDEN = [
  ...['0x7f.1', '0177.0.0.1', '017700000001', '127.0.0.1.', '[::1]', '[0:0:0:0:0:0:0:1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::7f00:1]'],
  ...['%31%32%37.0.0.1', '１２７.0.0.1', '①②⑦.0.0.1', '127。0。0。1'],
];
const NOBODY = ['0.0.0.0', '0', '0x0', '0.1.2.3', '[::]', '[::ffff:0.0.0.0]'];
const PRIVATE = [
  ...['10.0.0.1', '0xa000001', '172.16.0.1', '172.31.255.255', '192.168.0.1', '3232235521'],
  ...['[::ffff:10.0.0.1]', '[fc00::1]', '[fd00::1]', '[fec0::1]', '100.64.0.1', '100.127.255.254'],
];
const METADATA = [
  ...['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '[fe80::1]'],
  ...['[::ffff:a9fe:a9fe]', '[fd00:ec2::254]', '[64:ff9b::a9fe:a9fe]', '[2002:a9fe:a9fe::1]'],
];
const SPECIAL = [
  ...['224.0.0.1', '255.255.255.255', '240.0.0.1', '[ff02::1]', '192.0.0.1', '198.18.0.1'],
  ...['[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001::1]'],
];

/** Names that an attacker's DNS leads inside, and those that every machine has. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'loopback.example': ['127.0.0.1'],
  'six.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'mixed.example': ['93.184.215.14', '127.0.0.1'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'a9fea9fe.nip.io': ['169.254.169.254'],
  'metadata.google.internal': ['169.254.169.254'],
  'xn--bcher-kva.example': ['10.0.0.1'],
};
const WRITTEN_NAMES = [...Object.keys(NAMES), 'LOCALHOST', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'bücher.example'];

/** Addresses of the inside in every form in which they are hidden, each leading to the trap if it leads anywhere. */
export function innerAddresses(port: number): readonly string[] {
  const hosts = [
    ...[...LOOPBACK, ...LOOPBACK_HIDDEN, ...NOBODY, ...PRIVATE, ...METADATA, ...SPECIAL],
    ...[...WRITTEN_NAMES, 'rebinding.example'],
  ];
  return [
    ...hosts.map((host) => `http://${host}:${port}/v1`),
    `https://127.0.0.1:${port}/v1`,
    `http://public.example@127.0.0.1:${port}/v1`,
    `http://public.example:${port}@127.0.0.1:${port}/v1`,
    `http://127.0.0.1:${port}#@public.example/v1`,
    `http://127.0.0.1:${port}?@public.example/v1`,
    `http://127.0.0.1:${port}\\@public.example/v1`,
    `http:127.0.0.1:${port}/v1`,
    `http:\\\\127.0.0.1:${port}/v1`,
    `gopher://127.0.0.1:${port}/v1`,
    `ftp://127.0.0.1:${port}/v1`,
    'file:///etc/passwd',
    'http://127.0.0.1:22/v1',
    'http://127.0.0.1:6379/v1',
    'http://127.0.0.1:5432/v1',
  ];
}

/** The attacker's DNS. The first time it is asked for rebinding.example it names an address outside. */
export function attackersDns(): ResolveAll {
  let asked = 0;
  return (hostname, _options, callback) => {
    const addresses =
      hostname === 'rebinding.example'
        ? [asked++ === 0 ? '93.184.215.14' : '127.0.0.1']
        : NAMES[hostname];
    if (addresses) callback(null, addresses.map(asLookup));
    else callback(Object.assign(new Error(`no ${hostname}`), { code: 'ENOTFOUND' }), []);
  };
}

function asLookup(address: string): LookupAddress {
  return { address, family: address.includes(':') ? 6 : 4 };
}
