import type { JsonObject } from './step.ts';
import { type Device, readUserAgent, unknownDevice } from './user-agent.ts';

/**
 * The device of an event: from the user agent, then from what the SDK says of it, which is better where it is given
 * (browsers freeze the version of the operating system in the agent, apps often send none).
 */
export function readDevice(context: JsonObject, userAgent: string | undefined): Device {
  const base = userAgent === undefined ? unknownDevice : readUserAgent(userAgent);
  const { userAgentData, device, os } = context;
  if (base.isBot || (userAgentData === undefined && device === undefined && os === undefined)) return base;
  return withApp(withHints(base, objectOf(userAgentData)), objectOf(device), objectOf(os));
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** The client hints that Segment's browser SDK collects. */
function withHints(device: Device, hints: JsonObject): Device {
  const platform = textOf(hints.platform);
  const version = textOf(hints.platformVersion);
  const isMobile = hints.mobile === true && device.deviceType !== 'tablet';
  if (platform === undefined && !isMobile) return device;
  return {
    ...device,
    os: device.os ?? platform,
    osVersion: version === undefined ? device.osVersion : osVersion(platform, version),
    deviceType: isMobile ? 'mobile' : device.deviceType,
  };
}

/** Windows counts its platform versions apart: 13 and up is Windows 11, 1 to 10 is Windows 10. */
function osVersion(platform: string | undefined, version: string): string {
  if (platform !== 'Windows') return version;
  const major = Number.parseInt(version, 10);
  if (major >= 13) return '11';
  return major >= 1 ? '10' : version;
}

const MOBILE_SYSTEMS: ReadonlySet<string> = new Set(['ios', 'android']);

/** The device and system that mobile SDKs name. */
function withApp(base: Device, device: JsonObject, os: JsonObject): Device {
  const name = textOf(os.name) ?? systemOf(textOf(device.type));
  if (name === undefined) return base;
  return {
    ...base,
    os: name,
    osVersion: textOf(os.version) ?? base.osVersion,
    deviceType: base.deviceType === 'other' ? appDevice(name, device) : base.deviceType,
  };
}

function systemOf(type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  const lower = type.toLowerCase();
  if (lower === 'ios') return 'iOS';
  return lower === 'android' ? 'Android' : undefined;
}

function appDevice(system: string, device: JsonObject): Device['deviceType'] {
  const words = `${textOf(device.model) ?? ''} ${textOf(device.name) ?? ''} ${textOf(device.type) ?? ''}`.toLowerCase();
  if (words.includes('ipad') || words.includes('tablet') || system === 'iPadOS') return 'tablet';
  if (words.includes('tv') || system === 'tvOS') return 'tv';
  if (MOBILE_SYSTEMS.has(system.toLowerCase())) return 'mobile';
  return system === 'macOS' || system === 'Windows' || system === 'Linux' ? 'desktop' : 'other';
}
