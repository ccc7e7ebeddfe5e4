/** DNS suffixes of the partitions beside the standard one, by the beginning of their regions' names. */
const suffixes: readonly (readonly [prefix: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];

/** Services that functions call. */
export type LeanService = 'athena' | 'dynamodb' | 'kinesis' | 'lambda' | 's3' | 'sqs';

/** The address of a service: what the environment names by the SDK's own variables, otherwise the region's. */
export function serviceEndpoint(
  service: LeanService,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): URL {
  const named = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL;
  if (named) return new URL(named);
  const suffix = suffixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return new URL(`https://${service}.${region}.${suffix}`);
}
