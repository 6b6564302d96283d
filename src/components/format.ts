// Numbers as people read them: short, with a unit, and of steady width while they change.

const grouped = new Intl.NumberFormat('en-US');

/** 1840 -> "1,840". */
export function count(value: number): string {
  return grouped.format(Math.round(value));
}

/** "1 step", "12,288 steps". */
export const counted = (value: number, noun: string) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** 412000 -> "412k": three figures and a unit. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const units = ['', 'k', 'M', 'G', 'T', 'P'];
  let unit = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const figures = unit === 0 && Number.isInteger(scaled) ? String(scaled) : threeFigures(scaled);
  return `${figures}${units[unit]}`;
}

/** 10.667 -> "10.7×"; a dash where something is compared with nothing. */
export function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(1)}×` : '–';
}

function threeFigures(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** 1310000000 -> "1.31 GB". */
export function bytes(value: number): string {
  return value < 1000 ? `${Math.round(value)} B` : short(value).replace(/([kMGTP])$/, ' $1B');
}

export function bits(value: number | null | undefined): string | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : value.toFixed(2);
}

/** 125 -> "2:05"; 7325 -> "2:02:05". */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/** 0.0006 -> "6e-4"; 0.1 -> "0.1". */
export function setting(value: number): string {
  if (value !== 0 && (Math.abs(value) < 0.01 || Math.abs(value) >= 1e7)) {
    return value.toExponential().replace('e+', 'e');
  }
  return String(value);
}

/** How long ago, in words. */
export function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - thenMs) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(thenMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
