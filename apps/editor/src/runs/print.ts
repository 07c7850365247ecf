/** Durations and times for people. */

/** `0:07`, `12:30`, `1:02:03`. */
export function printSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Two digits where they say something: `0.42`, `7.5`, `140`. */
export function printRate(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : perSecond.toPrecision(2);
}

/** Short times with their fraction: `0.4 s`, `38 s`, `2:05`. */
export function printDuration(seconds: number): string {
  if (seconds > 0 && seconds < 0.05) return '< 0.1 s';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 60 ? `${Math.round(seconds)} s` : printSeconds(seconds);
}

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });

/** Today: the time; else the day and the time. */
export function printMoment(iso: string): string {
  const moment = new Date(iso);
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? clock.format(moment) : `${day.format(moment)}, ${clock.format(moment)}`;
}

const whole = new Intl.DateTimeFormat('en', {
  dateStyle: 'long',
  timeStyle: 'medium',
  hour12: false,
});

/** With everything that `printMoment` leaves out. */
export const printWholeMoment = (iso: string): string => whole.format(new Date(iso));

/** `just now`, `3 min ago`, `2 h ago`; of another day, or by a clock that is ahead, the moment itself. */
export function printAgo(iso: string, now = Date.now()): string {
  const age = (now - Date.parse(iso)) / 1000;
  if (age < -60 || age >= 24 * 3600) return printMoment(iso);
  if (age < 60) return 'just now';
  return age < 3600 ? `${Math.floor(age / 60)} min ago` : `${Math.floor(age / 3600)} h ago`;
}

const seconds = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hour12: false });

/** The time of day on this machine's clock, for a line of a log. */
export const printClock = (iso: string): string => seconds.format(new Date(iso));

const utcTime = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** The first UTC time in a sentence of the engine, which writes ISO 8601. */
export const findTime = (text: string): string | undefined => text.match(utcTime)?.[0];

/** A sentence of the engine with its times as people read them. */
export const readTimes = (text: string): string =>
  text.replaceAll(utcTime, (iso) => `on ${printWholeMoment(iso)}`);
