import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { AccessKeys } from './access-keys.ts';
import type { EventStream } from './event-stream.ts';
import { allOf } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { PrivacyRegister } from './privacy-register.ts';

export interface IngestionProps {
  readonly stream: EventStream;
  readonly keys: AccessKeys;
  readonly register: PrivacyRegister;
  readonly settings: StageSettings;
}

/**
 * Owns the collector: it takes events from SDKs over HTTP, checks the write key and puts them on the stream.
 *
 * May fail: when the stream throttles or is out of reach it answers 429 or 503 and SDKs come again. The alarm is the
 * API's `ServerErrors`; while it rings, events wait in the clients.
 */
export class Ingestion extends Construct {
  readonly collector: HeadwaterFunction<'collector'>;

  constructor(scope: Construct, id: string, { stream, keys, register, settings }: IngestionProps) {
    super(scope, id);

    this.collector = new HeadwaterFunction(this, 'Collector', {
      name: 'collector',
      description: 'Takes events from SDKs and puts them on the stream.',
      grants: allOf(stream.grantPut(), keys.grantCheck('WRITE_KEYS', settings.writeKeys), register.grantSettings()),
      settings,
    });
  }
}
