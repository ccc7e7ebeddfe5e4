/** What may stand behind a bar in a placeholder, and what it does to the cell. */
export const templateFilters = {
  integer: 'the number without a fraction of zeros: 17850.0 becomes 17850',
  lower: 'small letters',
  upper: 'capital letters',
} as const;
export type TemplateFilter = keyof typeof templateFilters;

/** A cell of the line: `{Country}`, or `{Country|upper}`. */
export interface Placeholder {
  readonly column: string;
  readonly filter?: TemplateFilter;
}

/** A text with cells of the line in it, in order. Without any it is a constant. */
export type Template = readonly (string | Placeholder)[];

/** A text that is no template; the message follows the words "the text". */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Reads `guest-{InvoiceNo}`; `{{` and `}}` stand for braces. Throws `TemplateError`. */
export function readTemplate(source: string): Template {
  const parts: (string | Placeholder)[] = [];
  let text = '';
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character !== '{' && character !== '}') text += character;
    else if (source.charAt(at + 1) === character) {
      text += character;
      at += 1;
    } else if (character === '}') throw new TemplateError(`has a } without its { at character ${at + 1}`);
    else {
      const end = source.indexOf('}', at);
      if (end < 0) throw new TemplateError(`has a { without its } at character ${at + 1}`);
      if (text !== '') parts.push(text);
      text = '';
      parts.push(placeholderOf(source.slice(at + 1, end), at));
      at = end;
    }
  }
  if (text !== '') parts.push(text);
  return parts;
}

function placeholderOf(inside: string, at: number): Placeholder {
  if (inside.trim() === '') throw new TemplateError(`names no column between the braces at character ${at + 1}`);
  const bar = inside.lastIndexOf('|');
  const filter = inside.slice(bar + 1).trim();
  // A bar may be part of a column's name.
  if (bar < 1 || !Object.hasOwn(templateFilters, filter)) return { column: inside.trim() };
  return { column: inside.slice(0, bar).trim(), filter: filter as TemplateFilter };
}
