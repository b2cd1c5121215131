/** Numbers, times and durations for people. Pure. */

const LOCALE = "en-GB";
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const upToThree = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 3 });
const cents = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const smallCost = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 2 });
const UNITS = ["B", "kB", "MB", "GB", "TB"];
const clock = new Intl.DateTimeFormat(LOCALE, { timeStyle: "medium" });
const dayAndClock = new Intl.DateTimeFormat(LOCALE, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" });

export function count(value: number): string {
  return whole.format(value);
}

/** A figure in milliseconds: one digit while it says something. */
export function milliseconds(value: number): string {
  return Math.abs(value) < 100 ? oneDigit.format(value) : whole.format(value);
}

export function number(value: number): string {
  return upToThree.format(value);
}

/** A size: `512 B`, `1.5 MB`, in powers of a thousand as stores count. */
export function bytes(size: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  if (power === 0) return `${whole.format(size)} B`;
  return `${oneDigit.format(size / 1000 ** power)} ${UNITS[power]}`;
}

/** A cost; small ones keep two digits that say something. */
export function dollars(usd: number): string {
  return `$${(usd >= 0.01 || usd === 0 ? cents : smallCost).format(usd)}`;
}

/** A share of one, as `12.5 %`. */
export function percent(share: number): string {
  return `${upToThree.format(Math.round(share * 1000) / 10)} %`;
}

/** How long something took: `850 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(ms: number): string {
  const spent = Math.max(0, ms);
  if (spent < 1000) return `${Math.round(spent)} ms`;
  if (spent < 59_950) return `${oneDigit.format(spent / 1000)} s`;
  return elapsed(spent);
}

/** A duration that is still running, in whole seconds. */
export function elapsed(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** The clock for today, the day as well for everything older. */
export function moment(rfc3339: string, now: number): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return "";
  return date.toDateString() === new Date(now).toDateString()
    ? clock.format(date)
    : dayAndClock.format(date);
}

/** A bucket starts at a whole UTC minute, hour or day: said in UTC, as short as its length allows. */
export function bucketStart(rfc3339: string, wholeDays: boolean): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return rfc3339;
  const iso = date.toISOString();
  return wholeDays ? iso.slice(0, 10) : iso.slice(0, 16).replace("T", " ");
}

export function fullMoment(rfc3339: string): string {
  const date = new Date(rfc3339);
  return Number.isNaN(date.getTime()) ? "" : full.format(date);
}

/** The end of a UUIDv7, which is the part that differs. */
export function shortId(requestId: string): string {
  return requestId.slice(-8);
}
