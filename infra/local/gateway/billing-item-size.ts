/** A value in DynamoDB's JSON: `{"S": "text"}`. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

/**
 * Bytes of an item as DynamoDB counts them: attribute names and values, and 3 bytes a list or map with one more for each of
 * its elements. Numbers are "approximately" a byte for two significant digits and one more ("DynamoDB item sizes and
 * formats" of the Developer Guide).
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

function valueSize(value: AttributeValue): number {
  const [[type, content] = ['NULL', true]] = Object.entries(value);
  switch (type) {
    case 'S':
      return Buffer.byteLength(content as string);
    case 'N':
      return numberSize(content as string);
    case 'B':
      return base64Size(content as string);
    case 'SS':
    case 'NS':
    case 'BS':
      return (content as string[]).reduce((sum, element) => sum + valueSize({ [type.slice(0, 1)]: element }), 0);
    case 'L':
      return (content as AttributeValue[]).reduce((sum, element) => sum + 1 + valueSize(element), 3);
    case 'M': {
      const elements = content as Item;
      return 3 + Object.keys(elements).length + itemSize(elements);
    }
    default:
      return 1;
  }
}

function numberSize(text: string): number {
  const [mantissa = ''] = text.toLowerCase().split('e');
  const digits = mantissa.replace(/[-+.]/g, '').replace(/^0+/, '');
  const significant = mantissa.includes('.') || /^[-+]?\d*0$/.test(mantissa) ? digits.replace(/0+$/, '') : digits;
  return Math.ceil(significant.length / 2) + 1;
}

/** Bytes that a base64 text stands for. */
export function base64Size(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}
