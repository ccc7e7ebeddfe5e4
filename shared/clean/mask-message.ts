import { isAddressField, maskAddresses } from './mask-ip.ts';

type Container = Record<string | number, unknown>;

/**
 * Masks every address in a message, at any depth: all text in and below the fields that hold addresses.
 * Works in place, and without recursion, so that hostile nesting cannot exhaust the stack. Returns the message.
 */
export function maskMessage<Message>(message: Message): Message {
  if (typeof message !== 'object' || message === null) return message;
  const open: { value: Container; isAddress: boolean }[] = [{ value: message as Container, isAddress: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, isAddress } = next;
    for (const key of Object.keys(value)) {
      const entry = value[key];
      const below = isAddress || isAddressField(key);
      if (typeof entry === 'string') {
        if (below) value[key] = maskAddresses(entry);
      } else if (typeof entry === 'object' && entry !== null) {
        open.push({ value: entry as Container, isAddress: below });
      }
    }
  }
  return message;
}
