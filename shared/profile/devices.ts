import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile } from '../../schemas/profile.ts';
import { fits, limits } from './limits.ts';
import { keepTop } from './top.ts';

/** Counts the kind of device an event came from; the `limits.devices` seen last are kept. */
export function applyDevice(profile: Profile, { visit, eventTime }: CleanEvent): void {
  const { deviceType, os = '', browser = '' } = visit;
  if (deviceType === 'other' && os === '' && browser === '') return;
  const key = `${deviceType}|${os}|${browser}`;
  const usage = profile.devices.get(key);
  if (usage !== undefined) {
    usage.count += 1;
    usage.lastAt = Math.max(usage.lastAt, eventTime);
  } else if (fits(key, limits.nameBytes)) {
    profile.devices.set(key, { count: 1, lastAt: eventTime });
    keepTop(profile.devices, limits.devices, ({ lastAt }) => lastAt);
  }
}
