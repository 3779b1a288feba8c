import { currentLanguage } from '.';

/** English of the 24-hour clock, and of days before months. */
const locale = (): string => (currentLanguage() === 'fr' ? 'fr' : 'en-GB');

/** `1:02:03`, or `2:03` where it is less than an hour. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** In words of the reader's language: `1 h 30 min`, `45 min`, `12 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return `${m} min`;
  return m === 0 ? `${h} h` : `${h} h ${String(m).padStart(2, '0')} min`;
}

/** `1.3 GB`, `1,3 Go`: steps of 1,000, as disks are sold. */
export function bytes(value: number): string {
  const units = currentLanguage() === 'fr' ? ['o', 'ko', 'Mo', 'Go', 'To'] : ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** step;
  return `${number(scaled, scaled >= 100 || step === 0 ? 0 : 1)} ${units[step]}`;
}

/** A number as the language writes it. */
export function number(value: number, digits = 0): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale(), options).format(value);
}

type Moment = string | number | Date;

/** Day and time in the club's zone. */
export function dateTime(moment: Moment, timeZone?: string): string {
  return format(moment, { dateStyle: 'medium', timeStyle: 'short' }, timeZone);
}

export function day(moment: Moment, timeZone?: string): string {
  return format(moment, { weekday: 'short', day: 'numeric', month: 'long' }, timeZone);
}

export function time(moment: Moment, timeZone?: string): string {
  return format(moment, { hour: '2-digit', minute: '2-digit' }, timeZone);
}

function format(moment: Moment, options: Intl.DateTimeFormatOptions, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone }).format(new Date(moment));
}
