type XmlValue = string | number | boolean | XmlNode | readonly (string | XmlNode)[] | undefined;
interface XmlNode {
  readonly [name: string]: XmlValue;
}

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Writes a document as S3 does; an array becomes repeated elements, `undefined` nothing. */
export function xml(root: string, content: XmlNode): Buffer {
  const attribute = root === 'Error' ? '' : ` xmlns="${namespace}"`;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${children(content)}</${root}>`);
}

function children(node: XmlNode): string {
  return Object.entries(node)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => element(name, one)))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  const inner = typeof value === 'object' ? children(value as XmlNode) : escaped(String(value));
  return `<${name}>${inner}</${name}>`;
}

/** XML 1.0 cannot carry most control characters; references to them are what S3 sends as well. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  return text.replace(/[<>&"\x00-\x1f]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The texts of every `<name>` element in a flat document, in order. */
export function elementTexts(document: string, name: string): string[] {
  return [...document.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) =>
    unescaped(match[1] ?? ''),
  );
}

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return entities[name] ?? whole;
  });
}
