const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Events are sent in the evening, until the runtime ends; when it is back it is the next day. */
export interface Calendar {
  /** What is added to the machine's clock now, in milliseconds. */
  readonly shift: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The midnight between evening and morning, milliseconds since 1970. */
  readonly midnight: number;
  /** When the morning begins. */
  readonly morning: number;
  /** Lets midnight pass, if it has not. */
  passMidnight(): void;
  /** Lets so many milliseconds pass. */
  pass(ms: number): void;
}

/** The sealer waits a quarter of an hour after midnight. */
const AFTER_MIDNIGHT = 20 * MINUTE;
const BEFORE_MIDNIGHT = 20 * MINUTE;
/** So long may the evening take for each event besides. */
const EVENING_EVENT_MS = 15;
/** All is so long ago that landed files, which stay for a day, may be gone for long. */
const AGO = 2 * DAY;

/** A calendar whose days are over by the machine's clock, `clock`. */
export function openCalendar(events: number, clock: () => number = Date.now): Calendar {
  const ago = clock() - AGO - events * EVENING_EVENT_MS;
  const midnight = Math.floor(ago / DAY) * DAY;
  const morning = midnight + AFTER_MIDNIGHT;
  const evening = midnight - BEFORE_MIDNIGHT - events * EVENING_EVENT_MS;
  let shift = evening - clock();
  return {
    shift: () => shift,
    now: () => clock() + shift,
    midnight,
    morning,
    passMidnight: () => {
      shift = Math.max(shift, morning - clock());
    },
    pass: (ms) => {
      shift += ms;
    },
  };
}
