const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
];
const DEVICES: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** A user agent as people call it: `Safari · iPhone`; `null` where nothing is known of it. */
export function browserOf(userAgent: string | null): string | null {
  if (userAgent === null) return null;
  const find = (known: typeof BROWSERS): string | undefined => known.find(([sign]) => sign.test(userAgent))?.[1];
  const parts = [find(BROWSERS), find(DEVICES)].filter((part) => part !== undefined);
  // A program that is no browser goes by its own first word: `curl/8.5.0`.
  return parts.length > 0 ? parts.join(' · ') : (userAgent.split(' ')[0]?.slice(0, 40) ?? null) || null;
}
