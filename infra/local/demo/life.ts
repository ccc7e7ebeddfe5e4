import { settleSale } from './aftersales.ts';
import { type Arrival, arrive, arriveByMail, newcomerWays, regularWays } from './arrivals.ts';
import { DAY, HOUR, MINUTE, momentOf, SECOND } from './calendar.ts';
import type { Shop } from './catalog.ts';
import type { Device } from './devices.ts';
import { Diary, VisitLog } from './diary.ts';
import type { Message } from './message.ts';
import { type Newsletter, receiveNewsletter } from './newsletters.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';
import { visitShop } from './visit.ts';

/** Visits of a person start at least so far apart that they never run into one session. */
const BETWEEN_VISITS = 3 * HOUR;

export interface Life {
  readonly messages: readonly Message[];
  readonly visits: number;
}

/** One person's weeks with the shop, in the order in which they happen. */
export function live(
  person: Person,
  shop: Shop,
  letters: readonly Newsletter[],
  window: { from: number; to: number },
  random: Random,
): Life {
  const diary = new Diary(person, random);
  const seen = new Map<string, number>();
  const loggedIn = new Set<Device>();
  let customer = person.customerBefore;
  let subscribed = person.wantsNewsletter;
  let grouped = false;
  let visits = 0;
  let clear = 0;

  const visit = (at: number, arrival: Arrival | undefined, device: Device) => {
    visits += 1;
    clear = at + BETWEEN_VISITS;
    const lag = device.platform === 'app' && random.chance(0.25) ? random.between(0.3, 3) * DAY : 0;
    const log = new VisitLog(diary, device, {
      at,
      arrival,
      userId: loggedIn.has(device) ? person.userId : undefined,
      lag,
    });
    const join = () => {
      if (loggedIn.has(device)) return;
      loggedIn.add(device);
      log.userId = person.userId;
      log.pause(30);
      if (!customer) log.track('Signed Up', { method: 'email', plan: person.plan });
      log.identify(traitsOf(person, log.at, customer));
      if (device.platform === 'app' && random.chance(0.5)) mergeApp(diary, log);
      if (person.company !== undefined && !grouped) joinCompany(diary, log.at, person.company);
      grouped = true;
      customer = true;
    };
    const joining = !loggedIn.has(device) && random.chance(customer ? 0.6 : 0.07);
    const sale = visitShop({ shop, person, log, random, seen, join }, { toBuy: random.chance(person.buying), joining });
    if (sale !== undefined) settleSale(diary, sale);
  };

  for (const next of agenda(person, letters, window, random)) {
    if (next.letter === undefined) {
      const device = pickDevice(person, random);
      const arrival = device.platform === 'app' ? undefined : arrive(wayOf(person, customer, random), random);
      if (next.at >= clear) visit(next.at, arrival, device);
    } else if (customer && subscribed) {
      const reaction = receiveNewsletter(diary, next.letter, person.activityAt(next.at));
      subscribed = reaction.unsubscribedAt === undefined;
      const device = person.devices.find((candidate) => candidate.platform !== 'app') as Device;
      if (
        reaction.clickedAt !== undefined &&
        reaction.clickedAt >= clear &&
        reaction.clickedAt < window.to - 2 * HOUR
      ) {
        visit(reaction.clickedAt + 3 * SECOND, arriveByMail(next.letter.campaignId), device);
      }
    }
  }
  return { messages: diary.messages.filter((message) => message.at < window.to - MINUTE), visits };
}

interface Appointment {
  readonly at: number;
  readonly letter?: Newsletter;
}

/** Own visits and the shop's newsletters, by time. */
function agenda(
  person: Person,
  letters: readonly Newsletter[],
  window: { from: number; to: number },
  random: Random,
): Appointment[] {
  const span = { from: window.from, to: window.to - 2 * HOUR, zoneHours: person.home.zoneHours };
  const days = (span.to - span.from) / DAY;
  const active = Array.from({ length: 20 }, (_, i) => person.activityAt(span.from + ((i + 0.5) / 20) * days * DAY));
  const share = active.reduce((sum, value) => sum + value, 0) / 20;
  const count = Math.max(1, random.poisson(person.visits * share));
  const own = Array.from({ length: count }, () => momentOf(random, span, person.activityAt));
  return [
    ...own.filter((at) => at !== undefined).map((at) => ({ at })),
    ...letters.map((letter) => ({ at: letter.at, letter })),
  ].sort((a, b) => a.at - b.at);
}

const wayOf = (person: Person, customer: boolean, random: Random) =>
  random.chance(0.4) ? person.habit : random.among(customer ? regularWays : newcomerWays);

const pickDevice = (person: Person, random: Random): Device =>
  person.devices[random.weighted(person.devices.map((_, index) => 1 / (index + 1)))] as Device;

function traitsOf(person: Person, at: number, known: boolean) {
  const { country, city, currency, locale } = person.home;
  return {
    name: person.name,
    email: person.email,
    plan: person.plan,
    currency,
    locale,
    address: { country, city },
    newsletter: person.wantsNewsletter,
    ...(known ? {} : { createdAt: new Date(at).toISOString() }),
  };
}

/** The app's backend ties the id of the app's first start to the account. */
function mergeApp(diary: Diary, log: VisitLog): void {
  const { anonymousId } = log.device;
  const ids = { userId: diary.person.userId };
  diary.write({
    at: log.at + SECOND,
    type: 'alias',
    name: 'Alias',
    body: { previousId: anonymousId },
    ids,
    route: 'node',
  });
}

function joinCompany(diary: Diary, at: number, company: string): void {
  const ids = { userId: diary.person.userId };
  const body = { groupId: company, traits: { name: company.replaceAll('-', ' '), industry: 'outdoor' } };
  diary.write({ at: at + 2 * SECOND, type: 'group', name: 'Group', body, ids, route: 'node' });
}
