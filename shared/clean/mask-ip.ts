import { memoized } from './memo.ts';

/**
 * Masks addresses: IPv4 loses its last octet, IPv6 its last 80 bits, and an IPv4 address within IPv6 is masked as IPv4.
 * Masking a masked address changes nothing.
 */

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const IPV4_WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/;
const EMBEDDED_IPV4 = /(?<!\d)(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?!\d)/g;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** The masked address, or undefined when the text is not an address. */
export function maskAddress(text: string): string | undefined {
  const plain = maskIpv4(text);
  if (plain !== undefined) return plain;
  const bare = bareAddress(text);
  return maskIpv4(bare) ?? (bare.includes(':') ? maskIpv6(bare) : undefined);
}

const POINT = 46;
const ZERO = 48;

/** Reads digit by digit: every event brings an address, and a pattern costs ten times as much. */
function maskIpv4(text: string): string | undefined {
  if (text.length > 15) return undefined;
  let points = 0;
  let digits = 0;
  let octet = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === POINT) {
      if (digits === 0 || points === 3) return undefined;
      points += 1;
      digits = 0;
      octet = 0;
    } else {
      octet = octet * 10 + code - ZERO;
      digits += 1;
      if (code < ZERO || code > ZERO + 9 || digits > 3 || octet > 255) return undefined;
    }
  }
  return points === 3 && digits > 0 ? `${text.slice(0, text.lastIndexOf('.'))}.0` : undefined;
}

function bareAddress(text: string): string {
  const trimmed = text.trim();
  const inner = BRACKETED.exec(trimmed)?.[1] ?? IPV4_WITH_PORT.exec(trimmed)?.[1] ?? trimmed;
  const zone = inner.indexOf('%');
  return zone === -1 ? inner : inner.slice(0, zone);
}

function maskIpv6(text: string): string | undefined {
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) {
    const [high = 0, low = 0] = groups.slice(6);
    return `::ffff:${high >> 8}.${high & 0xff}.${low >> 8}.0`;
  }
  const kept = groups.slice(0, 3);
  while (kept.at(-1) === 0) kept.pop();
  return `${kept.map((group) => group.toString(16)).join(':')}::`;
}

/** The eight groups of an IPv6 address, or undefined when it is none. */
function ipv6Groups(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(half: string): number[] | undefined {
  if (half === '') return [];
  const groups: number[] = [];
  for (const part of half.split(':')) {
    const four = maskIpv4(part) === undefined ? null : IPV4.exec(part);
    if (four !== null) {
      groups.push(Number(four[1]) * 256 + Number(four[2]), Number(four[3]) * 256 + Number(four[4]));
    } else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Longer values of address fields are taken out: no list of addresses is as long, and reading them would cost time. */
const MAX_LIST_LENGTH = 500;

/** Masks every address of a value that is said to hold some: one address, a list, or an address within other text. */
export function maskAddresses(text: string): string {
  if (text.length > MAX_LIST_LENGTH) return '';
  return (
    maskAddress(text) ??
    text
      .split(/([\s,;]+)/)
      .map(maskToken)
      .join('')
  );
}

function maskToken(token: string): string {
  const masked = maskAddress(token);
  if (masked !== undefined) return masked;
  const four = token.replace(EMBEDDED_IPV4, '$1.0');
  // What has two colons and hexadecimal digits may be an address that we cannot read: it is taken out.
  return /[0-9a-f]*:[0-9a-f]*:/i.test(four) ? '' : four;
}

/** Names of fields that hold addresses, in lower case without separators. */
const ADDRESS_FIELDS: ReadonlySet<string> = new Set([
  'ip',
  'ips',
  'ipv4',
  'ipv6',
  'ipaddress',
  'ipaddresses',
  'clientip',
  'clientipaddress',
  'userip',
  'useripaddress',
  'requestip',
  'remoteip',
  'remoteaddr',
  'remoteaddress',
  'sourceip',
  'originip',
  'visitorip',
  'customerip',
  'deviceip',
  'publicip',
  'realip',
  'xrealip',
  'forwardedfor',
  'xforwardedfor',
  'cfconnectingip',
  'trueclientip',
]);

const isAddressName = (name: string): boolean =>
  name.length <= 24 && ADDRESS_FIELDS.has(name.toLowerCase().replace(/[^a-z0-9]/g, ''));

/** Last letters of the names above: most other names are told apart by them. */
const LAST_LETTERS: ReadonlySet<number> = new Set([...'psr46PSR'].map((letter) => letter.charCodeAt(0)));

const isAddressNameSeen = memoized(isAddressName, 1000);

/** Whether a field of this name holds addresses. */
export function isAddressField(name: string): boolean {
  const length = name.length;
  return length >= 2 && length <= 24 && LAST_LETTERS.has(name.charCodeAt(length - 1)) && isAddressNameSeen(name);
}

const ADDRESS_LETTERS = /[0-9a-fA-F:.]{7,}|[0-9a-fA-F]*::[0-9a-fA-F:.]*/g;

/** Masks whatever looks like an address in text that does not parse, wherever it stands. */
export function maskAddressesInText(text: string): string {
  return text.replace(ADDRESS_LETTERS, (run) => maskAddress(run) ?? run.replace(EMBEDDED_IPV4, '$1.0'));
}
