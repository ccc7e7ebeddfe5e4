import { expect, test } from 'vitest';
import { httpRequests } from '../../../../infra/local/cost/meter-invocations.ts';
import { readUnits, writeUnits } from '../../../../infra/local/gateway/billing-dynamodb-units.ts';
import { itemSize } from '../../../../infra/local/gateway/billing-item-size.ts';
import { putUnits, recordVolume, scannedBytes } from '../../../../infra/local/gateway/billing-requests.ts';
import vectors from '../../../vectors/billing.json' with { type: 'json' };

type Vector = readonly [name: string, input: never, expected: number];

const rules: Readonly<Record<keyof typeof vectors, (input: never) => number>> = {
  itemSize,
  writeUnits: (sizes) => writeUnits(...(sizes as [number, number])),
  readUnits: (read) => readUnits(...(read as [number, boolean])),
  putUnits,
  recordVolume,
  scannedBytes,
  httpRequests,
};

for (const [rule, unitsOf] of Object.entries(rules)) {
  test.each(vectors[rule as keyof typeof vectors] as unknown as Vector[])(`${rule}: %s`, (_, input, expected) => {
    expect(unitsOf(input)).toBe(expected);
  });
}
