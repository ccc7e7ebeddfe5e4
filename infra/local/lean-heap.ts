import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap of this process grow by 40 % of what lives in it before it is collected. V8 would let it grow several
 * fold: a third of the runtime's memory would be garbage, for a tenth of a second less work in ten.
 */
export function keepHeapLean(): void {
  setFlagsFromString('--heap-growing-percent=40');
}
